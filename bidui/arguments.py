"""From the words of a command line to values: how each kind of option is read, and the message for one that cannot be read.

Each ``to_…`` function also accepts a value it already converted, because typer passes the defaults through it.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bidui.errors import Refused
from pipelines.demo import PROFILES
from pipelines.files.opening import check_name, check_place, check_plain, readable_name
from pipelines.files.refusal import FileRefused
from pipelines.guard import reason
from schemas.calendar import not_a_day

if TYPE_CHECKING:  # loads pandas
    from schemas.settings import Cohort

COLUMN_OPTIONS = ("--columns", "--columns-a", "--columns-b")
NamedColumn = tuple[str, str]  # field, heading
SideColumn = tuple[str, str, str]  # of which list (a, b, …; empty: of all), field, heading


def repeat_columns(arguments: Sequence[str]) -> list[str]:
    """The arguments with ``--columns name=姓名 id=证件`` written as ``--columns name=姓名 --columns id=证件``: an option of typer
    takes one value."""
    repeated: list[str] = []
    option, first = "", False
    for index, word in enumerate(arguments):
        if word == "--":
            return [*repeated, *arguments[index:]]
        if word.startswith("-"):
            name, mark, _ = word.partition("=")
            option, first = (name if name in COLUMN_OPTIONS else ""), not mark
        elif option and not first and "=" in word:
            repeated.append(option)
        elif option and not first:
            option = ""
        else:
            first = False
        repeated.append(word)
    return repeated


def to_text(word: str) -> str:
    """Text to look for in tables or workbooks. A path is none: it may be of bytes that are no text."""
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:
        raise typer.BadParameter("有残缺的字符，请重新输入") from None
    return word


def to_day(word: str | date) -> date:
    """A day as 2020-04-15."""
    try:
        return day_of(word)
    except Refused as refused:
        raise typer.BadParameter(str(refused)) from None


def day_of(word: str | date) -> date:
    """A day as 2020-04-15. Raises Refused where ``word`` is not one."""
    try:
        return word if isinstance(word, date) else date.fromisoformat(word)
    except ValueError:
        raise Refused(not_a_day(str(word))) from None


def to_cohort(words: tuple[str, str]) -> "Cohort":
    """The first and the last birthday. Raises Refused where they can be no cohort."""
    from pydantic import ValidationError

    from schemas.county_toml import faults_of
    from schemas.settings import Cohort

    first, last = map(day_of, words)
    if first > last:
        raise Refused("选项 --cohort 的值不对：先写最早的出生日期，再写最晚的")
    try:
        return Cohort(first_birthday=first, last_birthday=last)
    except ValidationError as error:
        why = "；".join(sentence.lstrip("：") for _, sentence in faults_of(error))
        raise Refused(f"选项 --cohort 的值不对：{why}") from None


def to_whole_number(word: str | int) -> int:
    """A whole number."""
    try:
        return int(word)
    except ValueError:
        raise typer.BadParameter("应是整数") from None


def to_port(word: str | int) -> int:
    """A port of this machine."""
    number = to_whole_number(word)
    if not 0 < number < 65536:
        raise typer.BadParameter("应是 1 到 65535 的整数")
    return number


def to_cron(word: str) -> str:
    """A time as cron writes it."""
    from prefect.client.schemas.schedules import CronSchedule  # loads in a second; only where the option is given

    with suppress(ValueError):
        if len(word.split()) == 5:
            return CronSchedule(cron=word).cron
    raise typer.BadParameter("应是 cron 的写法，共五段（分 时 日 月 星期），如 0 2 * * *")


def to_ratio(word: str | float) -> float:
    """A positive number."""
    try:
        number = float(word)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e9:
        raise typer.BadParameter("应是大于 0 的数，如 100")
    return number


def to_profile(word: str) -> str:
    """A distribution of faults of the synthetic county."""
    if word not in PROFILES:
        raise typer.BadParameter(f"没有 {word}，可用：{'、'.join(PROFILES)}")
    return word


def to_column(word: str | NamedColumn) -> NamedColumn:
    """字段=表头: what a list's column holds."""
    if not isinstance(word, str):
        return word
    name, mark, heading = to_text(word).partition("=")
    if not mark or not heading.strip():
        raise typer.BadParameter("应写成 字段=表头，如 name=学生姓名；名单的文件名请写在最前面")
    try:
        return list_field(name), heading
    except Refused as refused:
        raise typer.BadParameter(str(refused)) from None


def to_side_column(word: str | SideColumn) -> SideColumn:
    """字段=表头, or c:字段=表头 for one of several lists."""
    if not isinstance(word, str):
        return word
    before, mark, heading = word.partition("=")
    side, field = side_and_field(before)
    return (side, *to_column(f"{field}{mark}{heading}"))


def side_and_field(name: str) -> tuple[str, str]:
    """(the list that ``c:name`` is about, lower case, empty where it is about all; the field)."""
    side, _, field = name.replace("：", ":").rpartition(":")
    return side.strip().lower(), field


def to_side_sheet(word: str | tuple[str, str]) -> tuple[str, str]:
    """c:工作表: which sheet of one of several lists."""
    if not isinstance(word, str):
        return word
    side, mark, sheet = to_text(word).replace("：", ":").partition(":")
    if not mark or not sheet.strip():
        raise typer.BadParameter("应写成 名单:工作表，如 c:花名册")
    return side.strip().lower(), sheet


def list_field(name: str) -> str:
    """The key of a field of a list, named by its key, its title or a heading. Raises Refused where there is none."""
    from pipelines.lists.list_fields import LIST_FIELDS, field_named

    field = field_named(name)
    if field is None:
        raise Refused(f"没有字段 {name}，可用：{'、'.join(f'{f.key}（{f.title}）' for f in LIST_FIELDS)}")
    return field


def by_field(columns: Iterable[NamedColumn]) -> dict[str, list[str]]:
    """Field -> the headings named for it."""
    headings: dict[str, list[str]] = {}
    for field, heading in columns:
        headings.setdefault(field, []).append(heading)
    return headings


def official_townships(names: Sequence[str], root: Path) -> list[str] | None:
    """The official names of townships of the county whose data folder is ``root``, sorted; None where none is named. Raises Refused for one
    that does not exist, and CountyFileError."""
    if not names:
        return None

    from pipelines.intake.places import Places
    from pipelines.store.county_file import settings_of

    places = Places(settings_of(root).divisions)
    known = {name: places.township_of(name) for name in names}
    if unknown := [name for name, official in known.items() if official is None]:
        raise Refused(f"没有这个乡镇：{'、'.join(unknown)}")
    return sorted({official for official in known.values() if official})


def existing_folder(root: Path) -> Path:
    """The data folder. Raises Refused where there is none."""
    if not root.is_dir():
        raise Refused(f"没有这个文件夹：{root}")
    if (name := str(root.absolute())) != readable_name(name):
        raise Refused(f"文件夹的名称里有无法识别的字符（不是 UTF-8 编码），请改名后重试：{root}")
    return root


def plain_files(paths: Sequence[Path]) -> Sequence[Path]:
    """Files and folders to check. Raises Refused where one is not there, or is a pipe or a device."""
    if absent := [str(path) for path in paths if not path.exists() and not path.is_symlink()]:
        raise Refused(f"没有这个文件：{'、'.join(absent)}")
    for path in paths:
        try:
            check_name(str(path))
            if path.exists():
                check_plain(path)
        except FileRefused as refused:
            raise Refused(f"没有检查：《{readable_name(path.name)}》{refused.message}") from None
    return paths


def readable_list(path: Path, not_done: str = "未比对") -> Path:
    """A list to link. Raises Refused where it cannot be opened."""
    try:
        check_name(str(path))
        check_plain(path)
        with path.open("rb"):
            return path
    except FileRefused as refused:
        raise Refused(f"{not_done}：《{readable_name(path.name or str(path))}》{refused.message}") from None
    except OSError as error:
        raise Refused(f"{not_done}：《{path.name or path}》文件打不开（{reason(error)}）") from None


def readable_archive(word: str) -> Path:
    """A backup to restore. Raises Refused where it cannot be opened."""
    path = Path(word)
    try:
        check_name(word)
        check_plain(path)
        with path.open("rb"):
            return path
    except FileRefused as refused:
        raise Refused(f"《{readable_name(path.name)}》{refused.message}") from None
    except OSError as error:
        raise Refused(f"《{path.name}》打不开（{reason(error)}）") from None


def output(path: Path, *endings: str) -> Path:
    """Where a result goes. Raises Refused where it cannot be written there."""
    if path.suffix.lower() not in endings or not path.absolute().parent.is_dir():
        raise Refused(f"结果文件应以 {' 或 '.join(endings)} 结尾，放在已有的文件夹里：{path}")
    try:
        check_place(path)
    except FileRefused as refused:
        raise Refused(f"结果不能存为 {path}：{refused.message}") from None
    return path
