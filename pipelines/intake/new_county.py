"""``bidui init``: the folders and the files of a county's data folder. What is there stays as it is."""

import csv
import io
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from pipelines.files.opening import read_file
from pipelines.files.refusal import reason
from pipelines.guard import Foreseen
from pipelines.intake.accept import accept
from pipelines.intake.found_places import new_rows, proposed_places
from pipelines.intake.places import Places
from pipelines.intake.reading import read_exports
from pipelines.screen import Shown, TextLine
from pipelines.store.county_file import settings_of, text_of
from pipelines.store.folders import private_folder
from schemas.county_template import county_toml
from schemas.county_toml import COUNTY_FILE
from schemas.divisions import county_names
from schemas.divisions.county_search import HOW_A_COUNTY_IS_NAMED, counties_named, county_title, larger_place, why_no_county
from schemas.divisions.divisions_file import DIVISION_COLUMNS, DIVISIONS_FILE, DivisionRow, division_lines, division_rows
from schemas.settings import Cohort, County, Settings
from schemas.words import DIVISION_STATE_NAME

_FOLDER_MODE, _FILE_MODE = 0o700, 0o600


class NotBegun(Foreseen):
    """The data folder cannot be made; the message says why, in Chinese."""


def county_named(text: str) -> County:
    """The county that ``text`` names (``schemas.divisions.county_search``). Raises NotBegun, with those that may be meant, where there is
    none or more than one."""
    asked = text.strip()
    if not asked:
        raise NotBegun(f"--county 后面是空的。请写{HOW_A_COUNTY_IS_NAMED}；不写 --county 的，是方案所在的县")
    found = counties_named(asked)
    if len(found) == 1:
        return County(code=found[0], name=county_names()[found[0]])
    if found:
        raise NotBegun(f"“{asked}”不止一个：{'、'.join(map(county_title, found))}。请写其中一个的代码，或在名称前写市名")
    how = "" if larger_place(asked) else f"。请写{HOW_A_COUNTY_IS_NAMED}"
    raise NotBegun(why_no_county(asked) + how)


def settings_for(root: Path, county: County | None, cohort: Cohort | None = None) -> Settings:
    """The settings of the data folder ``root``, or of a new one for ``county`` and ``cohort``, by default the plan's own. Raises NotBegun
    where the folder has settings of another county or cohort, and CountyFileError."""
    if not (root / COUNTY_FILE).exists():
        given = {"county": county, "cohort": cohort}
        return Settings.model_validate({name: value for name, value in given.items() if value is not None})
    settings = settings_of(root)
    if county and county.code != settings.county.code:
        raise NotBegun(
            f"{root / COUNTY_FILE} 写的是 {settings.county.code} {settings.county.name}，不是 {county.code}。请换一个文件夹"
        )
    if cohort and cohort != settings.cohort:
        raise NotBegun(f"{root / COUNTY_FILE} 里的出生日期范围与此不同。请改那个文件，或换一个文件夹")
    return settings


def begin_county(root: Path, settings: Settings, show_step: Callable[[str, float | None], None]) -> Iterator[Shown]:
    """Make the folders and files that are not yet there, and add to ``divisions.csv`` the places that the exports under ``raw`` name;
    yields what was done, in Chinese. Raises NotBegun."""
    try:
        yield from _begin(root, settings, show_step)
    except OSError as error:
        raise NotBegun(f"写不了 {error.filename or root}（{reason(error)}）") from None


def write_settings(root: Path, settings: Settings) -> bool:
    """Write ``county.toml`` for ``settings`` where there is none; was it written?"""
    return _written(private_folder(root) / COUNTY_FILE, county_toml(settings), "utf-8")


def _begin(root: Path, settings: Settings, show_step: Callable[[str, float | None], None]) -> Iterator[Shown]:
    if root.exists() and not root.is_dir():
        raise NotBegun(f"{root} 不是文件夹")
    for folder in (root, root / "raw", *(root / "raw" / key for key in settings.registries), root / "inbox"):
        if not folder.is_dir():
            folder.mkdir(parents=True, mode=_FOLDER_MODE)
            folder.chmod(_FOLDER_MODE)
    county = settings.county
    yield f"{county.code} {county.name}：导出文件放入 {root / 'raw'} 下各系统的文件夹，退回的核查表放入 {root / 'inbox'}"
    for written, path in (
        (write_settings(root, settings), root / COUNTY_FILE),
        (_write_divisions(root, settings), root / DIVISIONS_FILE),
    ):
        yield f"已写入 {path}" if written else TextLine(f"已有 {path}，没有改动", "warning")
    show_step("查找导出文件里的村", None)
    added = _add_proposals(root, settings)
    if added:
        proposed, accepted = DIVISION_STATE_NAME["proposed"], DIVISION_STATE_NAME["accepted"]
        yield (
            f"本县的导出文件里有 {added:,} 个区划表没有的地名或写法，已加在 {DIVISIONS_FILE} 末尾，状态是“{proposed}”，没有生效。"
            f"请逐个核对：确有的改为“{accepted}”，不是的留着不动"
        )
    yield f"下一步：核对 {root / COUNTY_FILE} 和 {root / DIVISIONS_FILE}，放入导出文件，运行 bidui run --root {root}"


def _write_divisions(root: Path, settings: Settings) -> bool:
    text = ",".join(DIVISION_COLUMNS) + "\n" + division_lines(division_rows(settings.divisions))
    return _written(root / DIVISIONS_FILE, text, "utf-8-sig")  # by whose mark Excel knows that it is UTF-8


def _written(path: Path, text: str, encoding: str) -> bool:
    """Write a private file whole, unless there is one."""
    if path.exists() or path.is_symlink():
        return False
    _replace(path, text.encode(encoding))
    return True


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.new")
    with suppress(FileNotFoundError):
        beside.unlink()
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _add_proposals(root: Path, settings: Settings) -> int:
    """Add the places found in the exports to ``divisions.csv``; returns how many."""
    exports = read_exports(root / "raw", settings.registries, passwords=settings.passwords)
    if not exports.sheets:
        return 0
    records = accept(exports, Places(settings.divisions)).records
    path = root / DIVISIONS_FILE
    text = text_of(path)
    proposed = new_rows(proposed_places(records, settings.divisions), _known(text))
    if proposed:
        encoding = "utf-8-sig" if read_file(path)[:3] == b"\xef\xbb\xbf" else "utf-8" if _is_utf8(path) else "gb18030"
        more = _in_order_of(text, proposed)
        _replace(path, (text.rstrip("\n") + "\n" + more).encode(encoding))
    return len(proposed)


def _is_utf8(path: Path) -> bool:
    try:
        read_file(path).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _known(text: str) -> Iterator[tuple[str, str, str]]:
    for row in csv.DictReader(io.StringIO(text, newline="")):
        yield tuple((row.get(column) or "").strip() for column in ("乡镇", "村", "写法"))  # type: ignore[misc]


def _in_order_of(text: str, rows: list[DivisionRow]) -> str:
    """The rows as lines with the columns of ``text``, in its order."""
    headings = next(csv.reader(io.StringIO(text, newline="")))
    cells = [dict(zip(DIVISION_COLUMNS, next(csv.reader([division_lines([row])])), strict=True)) for row in rows]
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([row.get(heading.strip(), "") for heading in headings] for row in cells)
    return out.getvalue()
