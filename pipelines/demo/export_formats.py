"""The formats of the five registries' exports: headings, titles, footers and kinds of file (docs/formats.md 1 and 3)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import xlwt
from openpyxl import Workbook

from pipelines.demo.contradictions import Contradict
from pipelines.demo.made_up_place import MadeUpPlace
from pipelines.demo.true_values import values_of_rows

ExportRow = Sequence[object]
ExportRows = Sequence[ExportRow]
ExportColumns = Mapping[str, str | None]  # heading -> column of the frame, None for an empty one


def day_text(days: pd.Series, style: str) -> pd.Series:
    """Dates as text in the given ``style`` (strftime); what is text already, a month without day, stays as it is."""
    stamps = pd.to_datetime(days.where(days.map(lambda d: isinstance(d, pd.Timestamp))), errors="coerce")
    return stamps.dt.strftime(style).where(stamps.notna(), days.where(days.map(lambda d: isinstance(d, str)), None))


def write_xlsx(
    path: Path, sheet: str, titles: list[str], headings: list[str], rows: ExportRows, footers: ExportRows = ()
) -> None:
    """Write an .xlsx with one sheet, title rows above and footer rows below, and the hidden sheet of code values that many systems
    add."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    for title in titles:
        page.append([title])
    page.append(headings)
    for row in rows:
        page.append(row)
    for row in footers:
        page.append(row)
    dictionary = book.create_sheet("字典")
    dictionary.sheet_state = "hidden"
    for value in ("是", "否"):
        dictionary.append([value])
    book.save(path)


def write_xls(path: Path, sheet: str, headings: list[str], rows: ExportRows) -> None:
    """Write an .xls (BIFF8), in several sheets where there are more rows than the 65,536 that a sheet can hold."""
    book = xlwt.Workbook(encoding="utf-8")
    limit = 65_535
    for start in range(0, max(len(rows), 1), limit):
        page = book.add_sheet(sheet if not start else f"{sheet}{start // limit + 1}")
        for i, row in enumerate([headings, *rows[start : start + limit]]):
            for j, cell in enumerate(row):
                if cell is not None:
                    page.write(i, j, cell)
    book.save(str(path))


def write_csv(path: Path, headings: list[str], rows: ExportRows) -> None:
    """Write a .csv in GB18030 with CRLF and without byte-order mark."""
    lines = [",".join("" if c is None else str(c) for c in row) for row in [headings, *rows]]
    path.write_bytes("\r\n".join([*lines, ""]).encode("gb18030"))


def table(frame: pd.DataFrame, columns: ExportColumns) -> ExportRows:
    """The rows of ``frame`` with its values in the order of ``columns``, None where missing."""
    empty = pd.Series(None, index=frame.index, dtype=object)
    chosen = [
        (frame[c] if c else empty).astype(object).where((frame[c] if c else empty).notna(), None).to_list()
        for c in columns.values()
    ]
    return [list(row) for row in zip(*chosen, strict=True)]


XUEJI = {
    "序号": "serial",
    "学校名称": "school",
    "学校标识码": "school_code",
    "学段": "stage",
    "年级": "grade_name",
    "班级": "class_name",
    "姓名": "name",
    "性别": "sex",
    "出生日期": "birth_text",
    "身份证件类型": "id_type",
    "身份证件号": "number",
    "全国学籍号": "student_number",
    "民族": "ethnicity",
    "户口所在地行政区划": "division",
    "现住址": "address",
    "学生状态": "student_state",
    "就读方式": "study_mode",
    "入学年月": "entry_month",
    "学籍变动日期": "state_date",
    "残疾人类型": "disability_name",
    "是否留守儿童": "left_behind",
    "是否建档立卡": "poverty",
    "成员1姓名": "guardian",
    "成员1关系": "guardian_relation",
    "成员1联系电话": "phone",
}
GUOFU_SHORT = {
    "县(市、区、旗)": "county",
    "乡(镇)": "township",
    "行政村": "village",
    "自然村": "hamlet",
    "户编号": "household_code",
    "人编号": "member_code",
    "姓名": "name",
    "证件号码": "number",
    "人数": "members",
    "与户主关系": "relation",
    "民族": "ethnicity",
    "文化程度": None,
    "在校生状况": "claim",
    "失学或辍学原因": "reason",
    "健康状况": "health",
    "劳动技能": None,
    "脱贫属性": "exit",
    "联系电话": "phone",
}
GUOFU_LONG = {
    "省": "province",
    "市": "city",
    "县": "county",
    "乡": "township",
    "村": "village",
    "户编号": "household_code",
    "人口编号": "member_code",
    "姓名": "name",
    "性别": "sex",
    "出生日期": "birth_text",
    "证件类型": "id_type",
    "证件号码": "number",
    "民族": "ethnicity",
    "户联系电话": "phone",
    "与户主关系": "relation",
    "文化程度": None,
    "在校生状况": "claim",
    "健康状况": "health",
    "失学或辍学原因": "reason",
    "残疾类别": "disability_name",
    "户主姓名": "head",
    "识别标准": None,
}
CANLIAN = {
    "序号": "serial",
    "姓名": "name",
    "身份证号码": "number",
    "性别": "sex",
    "出生日期": "birth_text",
    "户口性质": "household_kind",
    "残疾证号": "certificate",
    "残疾类别": "disability",
    "残疾等级": "level_name",
    "持证状态": "certificate_state",
    "移动电话": "phone",
    "户籍地址": "address",
    "联系人姓名": "guardian",
    "与其关系": None,
}
HUJI = {
    "户号": "household_code",
    "公民身份号码": "number",
    "姓名": "name",
    "曾用名": "former_name",
    "性别": "sex",
    "民族": "ethnicity",
    "出生日期": "birth_text",
    "与户主关系": "relation",
    "户主姓名": "head",
    "乡镇街道": "township",
    "居村委会": "village",
    "详细地址": "address",
    "人员状态": "register_state",
    "父亲姓名": "father",
    "母亲姓名": "mother",
}
ZIZHU = {
    "序号": "serial",
    "学校": "school",
    "年级": "grade_name",
    "班级": "class_name",
    "学生姓名": "name",
    "身份证号": "number",
    "性别": "sex",
    "是否建档立卡": "poverty",
    "困难类型": "hardship",
    "资助项目": "item",
    "资助金额": "amount",
    "学期": "term",
    "发放状态": "paid",
    "发放时间": "paid_on",
    "家长姓名": "guardian",
    "联系电话": "phone",
}


def shuffled(columns: ExportColumns, rng: np.random.Generator, profile: str) -> ExportColumns:
    """The columns in the order of the system; with the profile 'other' in random order, as in an export that a county put together
    itself."""
    if profile != "other":
        return columns
    return {heading: columns[heading] for heading in rng.permutation(list(columns))}


class Writer:
    """Writes exports under ``raw`` and remembers what is true of each row.

    ``truth``: per export a table with registry, file, sheet, row, truth_id and faults. ``contradict``: changes the rows last, so that
    they contradict other registries; only with it is ``values`` filled, the standardised values that each row holds.
    """

    def __init__(
        self,
        raw: Path,
        rng: np.random.Generator,
        profile: str,
        as_of: date,
        place: MadeUpPlace,
        contradict: Contradict | None = None,
    ) -> None:
        self.raw, self.rng, self.profile, self.as_of, self.place = raw, rng, profile, as_of, place
        self.contradict = contradict
        self.truth: list[pd.DataFrame] = []
        self.values: list[pd.DataFrame] = []

    def write(
        self,
        registry: str,
        file: str,
        sheet: str,
        frame: pd.DataFrame,
        columns: ExportColumns,
        titles: tuple[str, ...] = (),
        footers: ExportRows = (),
        contradicted: bool = True,
    ) -> None:
        """Write ``frame`` (with the columns truth_id and faults) as ``file`` and remember the address of each row.
        ``contradicted``: False leaves the rows as they are."""
        folder = self.raw / registry
        folder.mkdir(parents=True, exist_ok=True)
        order = shuffled(columns, self.rng, self.profile)
        if self.contradict and contradicted:
            frame = self.contradict(registry, frame)
        frame = frame.assign(serial=[str(i) for i in range(1, len(frame) + 1)])
        rows = table(frame, order)
        ending = file.rpartition(".")[2]
        writers: dict[str, Callable[[], None]] = {
            "xlsx": lambda: write_xlsx(folder / file, sheet, list(titles), list(order), rows, footers),
            "xls": lambda: write_xls(folder / file, sheet, list(order), rows),
            "csv": lambda: write_csv(folder / file, list(order), rows),
        }
        writers[ending]()
        numbers = np.arange(len(frame)) + len(titles) + 2
        self.truth.append(
            pd.DataFrame(
                {
                    "registry": registry,
                    "file": file,
                    "sheet": sheet,
                    "row": numbers.astype("int32"),
                    "truth_id": frame["truth_id"].to_numpy(),
                    "faults": frame["faults"].to_numpy(),
                }
            )
        )
        if self.contradict:
            self.values.append(
                values_of_rows(registry, frame, columns, self.place.former_names).assign(
                    file=file, sheet=sheet, row=numbers.astype("int32")
                )
            )
