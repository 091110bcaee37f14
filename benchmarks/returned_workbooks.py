"""How townships return their workbooks: what each kind of officer writes of the truth, and what happens to a workbook under way.

A return is a style (who fills in), a mishap (what befalls a row or the file) and a container (how the file comes back); ``KINDS`` of them there are.
"""

import random
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from reports.book import ANSWER_MARK

CHILDREN = "去向不明儿童"
ABSENT, FOUND = "名在人不在", "新发现"
# True state of a listed child -> what an honest officer answers: choice, school, remark.
HONEST: Mapping[str, tuple[str, str | None, str | None]] = {
    "elsewhere": ("县外就读（填学校）", "广东省东莞市长安镇第{n}中学", None),
    "vocational": ("中职、技工学校就读（填学校）", "河池市第{n}职业教育中心学校", None),
    "disabled_exempt": ("因身体原因免学、缓学（附批准件）", None, "都教字〔2020〕{n}号"),
    "dropped_marked": ("确属辍学", None, "在家"),
    "dropped_absent": ("确属辍学", None, "在外务工"),
    "never_enrolled": ("从未入学", None, None),
    "not_promoted": ("仍未找到", None, None),
    "deceased": ("死亡", None, "村医证明"),
    "moved_out": ("户籍已迁出", None, None),
}
AT_SCHOOL = ("县内在读（填学校）", "{township}中心小学", None)  # of a child who was listed without need
# What is written of a child in no school as if it were at one: no answer that may take it off.
NO_SCHOOLS = (
    "小学毕业外出务工", "打工，没上学校", "学校名不清楚", "从未上过小学", "辍学，曾读高岭中学", "（填学校）", "幼儿园", "不知道哪个学校",
    "广东打工学校", "东莞小学", "在家待业", "听说在南宁读中学", "无", "学校",
)  # fmt: skip
NO_APPROVALS = ("2020，3号到县医院看过", "身体不好", "正在申请", "（2020）3号去医院")


@dataclass(frozen=True, slots=True)
class Filled:
    """A row that was filled in. ``person``: whose it was when it was sent out; ``day``: the day of the answer."""

    sheet: str
    row: int
    person: str
    day: date | None


Cells = Callable[[str], object]  # heading -> cell


def columns_of(sheet: Worksheet) -> dict[str, int]:
    """Heading without its mark -> column."""
    return {str(c.value or "").replace("\n", "").removesuffix(ANSWER_MARK): c.column for c in sheet[1] if c.value}


def rows_of(sheet: Worksheet, at: Mapping[str, int]) -> list[int]:
    """The rows that hold a child."""
    return [row for row in range(2, sheet.max_row + 1) if "人员编号" in at and sheet.cell(row, at["人员编号"]).value]


def fill_children(
    sheet: Worksheet, states: Mapping[str, str], day: date, rng: random.Random, style: str, township: str, most: int
) -> list[Filled]:
    """Fill in up to ``most`` rows as an officer of this ``style`` does. ``states``: person id -> true state."""
    at = columns_of(sheet)
    filled = []
    rows = rows_of(sheet, at)
    for row in sorted(rng.sample(rows, min(most, len(rows)))):
        person = str(sheet.cell(row, at["人员编号"]).value)
        state = states.get(person, "enrolled")
        choice, school, note = HONEST.get(state, AT_SCHOOL)
        if style == "wrong" and state in LACKING:
            if rng.random() < 0.7:
                choice, school, note = "县外就读（填学校）", rng.choice(NO_SCHOOLS), None
            else:
                choice, school, note = "因身体原因免学、缓学（附批准件）", None, rng.choice(NO_APPROVALS)
        signed: str | None = "韦某"
        dated: date | None = day
        if style == "sloppy" and rng.random() < 0.3:
            signed, dated = (None, day) if rng.random() < 0.5 else (signed, None)
        values: dict[str, object] = {"核查去向": choice, "核查人": signed, "核查日期": _as_typed(dated, style, rng)}
        values["就读学校"] = school and school.format(n=rng.randint(1, 40), township=township)
        values["核查说明"] = note and note.format(n=rng.randint(1, 40))
        if style == "WPS":
            values["核查去向"] = str(choice).replace("（", "(").replace("）", ")")
        for heading, value in values.items():
            if heading in at and value is not None:
                sheet.cell(row, at[heading]).value = value  # type: ignore[assignment]
        filled.append(Filled(sheet.title, row, person, dated))
    return filled


LACKING = ("dropped_marked", "dropped_absent", "never_enrolled", "not_promoted")


def _as_typed(day: date | None, style: str, rng: random.Random) -> object:
    if day is None or style in ("tidy", "late"):
        return day
    forms = (
        f"{day:%Y.%m.%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y/%m/%d}",
        f"{day:%Y%m%d}",
        f"{day:%Y-%m-%d}上午",
    )
    return rng.choice(forms)


# What happens to the rows of a sheet on its way: each leaves some of the answers with another child's cells, or unreadable.
def _swap(sheet: Worksheet, headings: tuple[str, ...], rows: list[int]) -> None:
    at = columns_of(sheet)
    first, second = rows[:2]
    for heading in headings:
        if heading in at:
            a, b = sheet.cell(first, at[heading]), sheet.cell(second, at[heading])
            a.value, b.value = b.value, a.value


_WHO = ("行码", "人员编号", "乡镇", "村", "姓名", "性别", "出生日期", "身份证号", "监护人")
_SAID = ("核查去向", "行码（二）", "就读学校", "核查说明", "佐证材料", "核查人", "核查日期")
MISHAPS: Mapping[str, Callable[[Worksheet, list[int]], None]] = {
    "none": lambda sheet, rows: None,
    "left half sorted": lambda sheet, rows: _swap(sheet, _WHO, rows),
    "answers sorted": lambda sheet, rows: _swap(sheet, _SAID, rows),
    "names sorted": lambda sheet, rows: _swap(sheet, ("姓名",), rows),
    "numbers typed over": lambda sheet, rows: _swap(sheet, ("人员编号",), rows),
    "cases typed over": lambda sheet, rows: _swap(sheet, ("个案编号",), rows),
    "ids typed over": lambda sheet, rows: _swap(sheet, ("身份证号",), rows),
    "codes deleted": lambda sheet, rows: sheet.delete_cols(columns_of(sheet)["行码"]),
    "answers merged": lambda sheet, rows: sheet.merge_cells(
        start_row=rows[0], end_row=rows[-1], start_column=columns_of(sheet)["就读学校"], end_column=columns_of(sheet)["就读学校"]
    ),
    "heading renamed": lambda sheet, rows: _rename(sheet, "核查去向", "去向"),
    "heading lost": lambda sheet, rows: _rename(sheet, "核查人", "备考"),
    "title on top": lambda sheet, rows: sheet.insert_rows(1),
    "comment": lambda sheet, rows: setattr(sheet.cell(rows[0], 5), "comment", Comment("见说明", "韦某")),
    "formula": lambda sheet, rows: setattr(
        sheet.cell(rows[0], columns_of(sheet)["就读学校"]), "value", '=CONCATENATE("南宁市","中学")'
    ),
    "beside the table": lambda sheet, rows: setattr(sheet.cell(rows[0], sheet.max_column + 2), "value", "已核"),
    "beneath the table": lambda sheet, rows: setattr(sheet.cell(sheet.max_row + 2, 5), "value", "另有一名"),
}


def _rename(sheet: Worksheet, heading: str, to: str) -> None:
    sheet.cell(1, columns_of(sheet)[heading]).value = to


# How the file comes back.
def _as_csv(book: Workbook, path: Path) -> Path:
    path = path.with_suffix(".csv")
    sheet = book[CHILDREN]
    lines = [
        ",".join("" if c is None else str(c).replace(",", "，").replace("\n", "") for c in row)
        for row in sheet.iter_rows(values_only=True)
    ]
    path.write_bytes("\r\n".join([*lines, ""]).encode("gb18030", "replace"))
    return path


def _as_zip(book: Workbook, path: Path) -> Path:
    book.save(path)
    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
        archive.write(path, path.name)
    path.unlink()
    return path.with_suffix(".zip")


def _named(book: Workbook, path: Path) -> Path:
    book.save(path)
    return path


def _retitled(book: Workbook, path: Path) -> Path:
    book[CHILDREN].title = "安阳镇-表1"
    return _named(book, path)


def _broken(book: Workbook, path: Path) -> Path:
    book.save(path)
    path.write_bytes(path.read_bytes()[:2000])
    return path


CONTAINERS: Mapping[str, Callable[[Workbook, Path], Path]] = {
    "xlsx": _named,
    "hidden name": lambda book, path: _named(book, path.with_name("." + path.name)),
    "csv": _as_csv,
    "zip": _as_zip,
    "sheet renamed": _retitled,
    "cut": _broken,
}
STYLES = ("tidy", "sloppy", "WPS", "late", "wrong")
KINDS = len(STYLES) * len(MISHAPS) * len(CONTAINERS)


def a_week_before(day: date) -> date:
    """When somebody who is late looked."""
    return day - timedelta(days=7)
