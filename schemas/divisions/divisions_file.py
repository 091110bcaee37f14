"""``DIR/divisions.csv``: the townships and villages as a county keeps them, read and written; each fault with its line."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from schemas.county_names import fault_of_name
from schemas.county_problems import Problems, suggestion
from schemas.divisions import Divisions, Township, Village, parents_of
from schemas.words import DIVISION_STATE_NAME

DIVISIONS_FILE = "divisions.csv"
# The columns of a county's file: heading -> meaning of the cell.
DIVISION_COLUMNS = ("乡镇代码", "乡镇", "村", "写法", "行数", "状态")
_NEEDED = ("乡镇", "村", "写法")
_OF = str.maketrans("", "", " \t\u3000")
_UNPAIRED = "引号没有成对：从这一行起的文字都落在引号里。请删去多余的英文引号"


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """A row of a county's file, its cells in the order of ``DIVISION_COLUMNS``. ``rows``: how many rows of the county's exports have it."""

    code: str
    township: str
    village: str = ""
    spelling: str = ""
    rows: int = 0
    state: str = ""


@dataclass(slots=True)
class _Found:
    """What the rows in effect say. ``names``: township -> its codes, each with the first line that has it; ``villages``: township -> its
    villages; ``spellings``: (township, village or empty) -> other ways in which it is written; ``meant``: (township, or empty for a
    township's own, spelling) -> what it stands for, and the line; ``seen``: (township, village, spelling) -> the first line."""

    codes: dict[str, dict[str, int]] = field(default_factory=dict)
    villages: dict[str, list[str]] = field(default_factory=dict)
    spellings: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    meant: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    seen: dict[tuple[str, str, str], int] = field(default_factory=dict)


def read_divisions(text: str, code: str, name: str, problems: Problems) -> Divisions:
    """The townships and villages in ``text``, the ``divisions.csv`` of the county ``code``. A row names a township, or a village of it,
    or with 写法 one more way in which the township or village is written. Rows whose 状态 is 待定 are proposals and have no effect. Faults
    are added to ``problems``; those that change nothing, as a row that is there twice, as warnings."""
    found = _Found()
    for line, row in _rows(text, problems):
        _check_cells(line, row, problems)
        key = tuple(row.get(column, "") for column in _NEEDED)
        if (first := found.seen.setdefault(key, line)) != line:  # type: ignore[arg-type]
            problems.warn(line, f"与第{first}行重复，只算一次，请删去一行")
        if key[0] and row.get("状态") != DIVISION_STATE_NAME["proposed"]:
            _take(found, line, row, problems)
    if not found.villages and not len(problems):
        problems.on_line(0, "没有一个乡镇")
    _check_codes(found, code, problems)
    _check_spellings(found, problems)
    townships = [
        Township(
            next(iter(found.codes.get(township, {})), ""),
            township,
            tuple(found.spellings.get((township, ""), ())),
            tuple(Village(village, tuple(found.spellings.get((township, village), ()))) for village in villages),
        )
        for township, villages in found.villages.items()
    ]
    in_order = sorted(townships, key=lambda t: (not t.code, t.code))
    return Divisions(code, name, parents_of(code), tuple(in_order), tuple(problems.warnings()))


def division_rows(divisions: Divisions) -> list[DivisionRow]:
    """The rows of a ``divisions.csv`` that stands for ``divisions``."""
    rows = []
    official = DIVISION_STATE_NAME["official"]
    for township in divisions.townships:
        rows.append(DivisionRow(township.code, township.name, state=official))
        rows += [DivisionRow(township.code, township.name, spelling=other, state=official) for other in township.spellings]
        for village in township.villages:
            row = DivisionRow(township.code, township.name, village.name, state=official)
            rows += [row, *(replace(row, spelling=other) for other in village.spellings)]
    return rows


def division_lines(rows: Iterable[DivisionRow]) -> str:
    """Rows as lines of the file."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(
        (row.code, row.township, row.village, row.spelling, row.rows or "", row.state) for row in rows
    )
    return out.getvalue()


def _check_cells(line: int, row: dict[str, str], problems: Problems) -> None:
    """Add the faults of the cells of one row, whatever its state."""
    if (state := row.get("状态", "")) and state not in DIVISION_STATE_NAME.values():
        known = "、".join(DIVISION_STATE_NAME.values())
        problems.on_line(line, f"“状态”应为 {known} 之一（空着等于{DIVISION_STATE_NAME['official']}）")
    for column in ("乡镇", "村"):
        if (column == "乡镇" or row.get(column)) and (fault := fault_of_name(row.get(column, ""))):
            problems.on_line(line, f"“{column}”{fault}")
    if (township_code := row.get("乡镇代码", "")) and not re.fullmatch("[0-9]{9}", township_code):
        problems.on_line(line, "“乡镇代码”应是 9 位数字，没有的空着")
    if (rows := row.get("行数", "")) and not re.fullmatch("[0-9]{1,9}", rows):
        problems.warn(line, "“行数”应是整数，没有的空着（只供核对，不影响比对）")


def _take(found: _Found, line: int, row: dict[str, str], problems: Problems) -> None:
    """Add what one row in effect says."""
    township, village, spelling = (row.get(column, "") for column in _NEEDED)
    if code := row.get("乡镇代码", ""):
        found.codes.setdefault(township, {}).setdefault(code, line)
    villages = found.villages.setdefault(township, [])
    if village and village not in villages:
        villages.append(village)
    if spelling:
        spellings = found.spellings.setdefault((township, village), [])
        if spelling not in spellings:
            spellings.append(spelling)
        first, _ = found.meant.setdefault((township if village else "", spelling), (village or township, line))
        if first != (village or township):
            problems.on_line(line, f"“写法”的 {spelling} 既指 {first} 又指 {village or township}，请删去一行")


def _check_codes(found: _Found, county: str, problems: Problems) -> None:
    """Add a fault where a township has two codes, two townships have one, or a code is another county's."""
    all_codes = [code for codes in found.codes.values() for code in codes]
    if all_codes and not any(code.startswith(county) for code in all_codes):
        sentence = f"没有一个乡镇属于 {county}（county.toml 的 county.code）。换了县的，请移走此文件，再运行 bidui init"
        problems.on_line(0, sentence)
        return
    owners: dict[str, tuple[str, int]] = {}
    for township, codes in found.codes.items():
        (first, first_line), *others = codes.items()
        for other, line in others:
            problems.on_line(line, f"{township}的“乡镇代码”是 {other}，第{first_line}行是 {first}：一个乡镇只有一个代码，请改成一样的")
        for code, line in codes.items():
            if re.fullmatch("[0-9]{9}", code) and not code.startswith(county):
                problems.on_line(line, f"“乡镇代码”{code} 不是本县（{county}）的，请改正，没有的空着")
            owner, owner_line = owners.setdefault(code, (township, line))
            if owner != township:
                problems.on_line(
                    line,
                    f"“乡镇代码”{code} 在第{owner_line}行是{owner}的。是同一个乡镇的，请在“乡镇”里都写{owner}，把{township}写在“写法”里；不是的，请改正代码",
                )


def _check_spellings(found: _Found, problems: Problems) -> None:
    """Add a fault where another way in which one place is written is the name of another."""
    for (township, spelling), (meant, line) in found.meant.items():
        names = found.villages[township] if township else found.villages
        if spelling != meant and spelling in names:
            kind = "村" if township else "乡镇"
            problems.on_line(line, f"“写法”的 {spelling} 是另一个{kind}的名字，不能又指 {meant}，请删去其中一行")


def _rows(text: str, problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, cells by their headings), without blanks. A cell holds no line break: a row of several lines has a quote too many."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    headings: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            first, line = line, reader.line_num + 1
            plain = [cell.translate(_OF).strip() for cell in cells]
            if line - first > 1:
                problems.on_line(first, _UNPAIRED)
            elif not any(plain):
                continue
            elif headings is None:
                headings = plain
                if not _check_headings(first, headings, problems):
                    return
            else:
                if any(cell for heading, cell in zip([*headings, *[""] * len(plain)], plain, strict=False) if not heading):
                    problems.on_line(first, "有的内容在没有表头的列里，可能多了一个逗号或一格，请改正或删去")
                yield first, dict(zip(headings, plain, strict=False))
    except csv.Error:
        problems.on_line(line, _UNPAIRED)
    if headings is None and not len(problems):
        problems.on_line(0, "是空的")


def _check_headings(line: int, headings: list[str], problems: Problems) -> bool:
    """Add the faults of the headings; can rows be read by them?"""
    if missing := [column for column in _NEEDED if column not in headings]:
        problems.on_line(line, f"缺少“{missing[0]}”列，表头应为 {'、'.join(DIVISION_COLUMNS)}")
        return False
    if twice := [heading for heading in headings if heading and headings.count(heading) > 1]:
        problems.on_line(line, f"“{twice[0]}”列有两个，请删去一个")
        return False
    if unknown := [heading for heading in headings if heading and heading not in DIVISION_COLUMNS]:
        problems.on_line(line, f"不认识“{unknown[0]}”列{suggestion(unknown[0], DIVISION_COLUMNS)}")
    return True
