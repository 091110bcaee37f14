"""Two linked lists as files: a workbook for people, Parquet for machines. Readable by their owner alone, and there whole
or not at all."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation

from pipelines.files.refusal import reason
from pipelines.lists.list_columns import LIST_FIELDS, PeopleList
from pipelines.lists.list_tables import unused
from pipelines.store.runs import Busy
from reports.looks import BLUE, DEEP_YELLOW, GENERAL, TEXT_FORMAT, Look, cell, look, text_lines, text_width
from reports.package import save
from reports.rows import Filled, append_rows
from reports.sheet import MAX_ROWS, set_up_page

WORKBOOK, PARQUET = ".xlsx", ".parquet"
# The first five columns, of a workbook's first sheet as of a Parquet file, by which programs read the outcome.
CONTRACT = ("row_a", "row_b", "probability", "decision", "evidence")
DECISION_NAME = {"match": "相符", "possible": "待确认"}

_GREEN = "E2EFDA"
_WIDEST, _EVIDENCE_WIDTH = 24, 46  # half-width characters
_MAX_TEXT = 255  # older Excel shows a longer text in a cell of format @ as ####
_NOTICE = "本表含未成年人信息，请妥善保管：不得转发，不得通过微信、QQ等传送，用后及时删除。"
_READING = (
    ("links", "每行是一对可能为同一人的记录。row_a、row_b 是两个名单里的行号（与 Excel 左侧行号一致）"),
    ("probability", "是同一人的概率（0～1），已考虑重名、双胞胎和兄弟姐妹"),
    ("decision", "match＝相符；possible＝待确认，请核对后在“是否同一人”栏选“是”或“否”"),
    ("evidence", "供程序读取的依据（隐藏列）；中文见“依据”栏"),
    ("A未匹配、B未匹配", "在另一个名单里既没有相符、也没有待确认的行；右侧各列说明另一个名单里最相近的是哪一行、为何不是同一人"),
    ("名单内重复", "同一个名单里疑似同一人的两行"),
)


@dataclass(frozen=True, slots=True)
class RowPairs:
    """Pairs of rows by their positions; ``said``: probability, decision, evidence, evidence_text, a row per pair."""

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    said: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Result:
    """Two lists and what was found: ``pairs`` between them, ``repeats`` inside a and inside b; ``nearest``: per side and
    position without counterpart nearest_row, refused, evidence, missed_probability."""

    a: PeopleList
    b: PeopleList
    pairs: RowPairs
    repeats: Sequence[RowPairs]
    nearest: Mapping[str, pd.DataFrame]
    notices: Sequence[str]
    cost_ratio: float

    def count(self, decision: str) -> int:
        """How many pairs were decided so."""
        return int((self.pairs.said["decision"] == decision).sum())

    def unlinked(self, side: str) -> npt.NDArray[np.int64]:
        """Positions of the side's rows that are in no pair."""
        one, at = (self.a, self.pairs.left) if side == "a" else (self.b, self.pairs.right)
        return np.setdiff1d(np.arange(len(one.rows)), at)

    def nearest_of(self, side: str, at: npt.NDArray[np.int64]) -> pd.DataFrame:
        """``nearest`` of these positions, a row each."""
        return self.nearest[side].reindex(at)

    def outcome_of_rows(self, side: str) -> tuple[int, int, int]:
        """Rows of the side that match, that are possible at most, and that are unlinked: together all of them."""
        at = self.pairs.left if side == "a" else self.pairs.right
        matched = len(np.unique(at[(self.pairs.said["decision"] == "match").to_numpy()]))
        return matched, len(np.unique(at)) - matched, len(self.unlinked(side))

    def beyond_a_sheet(self, out: Path) -> int:
        """The rows that no sheet of the workbook ``out`` could hold; 0 where all is well."""
        most = max(len(self.pairs.left), len(self.unlinked("a")), len(self.unlinked("b")), sum(len(r.left) for r in self.repeats))
        return most if out.suffix.lower() == WORKBOOK and most > MAX_ROWS else 0


def unlinked_files(out: Path) -> tuple[Path, Path]:
    """Where the unlinked rows of a and b go beside the Parquet file ``out``."""
    return out.with_name(f"{out.stem}.unlinked_a{PARQUET}"), out.with_name(f"{out.stem}.unlinked_b{PARQUET}")


def write(result: Result, out: Path) -> None:
    """Write the outcome in the form that the ending of ``out`` asks for. Raises Busy where that is not possible."""
    try:
        if out.suffix.lower() == WORKBOOK:
            _write_workbook(result, out)
        else:
            _write_parquet(result, out)
    except OSError as error:
        raise Busy(f"无法写入 {out}（{reason(error)}），可能正被其他程序打开，请关闭后重试") from None


def _write_parquet(result: Result, out: Path) -> None:
    files = {out: pairs_table(result)}
    for path, side in zip(unlinked_files(out), "ab", strict=True):
        one: PeopleList = getattr(result, side)
        at = result.unlinked(side)
        columns = {"row": pa.array(one.rows.to_numpy()[at], pa.int64())}
        nearest = result.nearest_of(side, at)
        columns["nearest_row"] = pa.array(_texts(nearest["nearest_row"]), pa.int64())
        columns |= {name: _strings(nearest[name]) for name in ("refused", "evidence")}
        columns["missed_probability"] = pa.array(nearest["missed_probability"], pa.float64())
        for name in one.table:
            columns[unused(str(name), columns)] = _strings(one.table[name].iloc[at])
        files[path] = pa.table(columns)
    unfinished = [path.with_name(path.name + ".partial") for path in files]
    try:
        for path, table in zip(unfinished, files.values(), strict=True):
            with open(path, "wb", opener=partial(os.open, mode=0o600)) as file:
                pq.write_table(table, file, compression="zstd")
            os.chmod(path, 0o600)
        for path, final in zip(unfinished, files, strict=True):
            os.replace(path, final)
    finally:
        for path in unfinished:
            path.unlink(missing_ok=True)


def pairs_table(result: Result) -> pa.Table:
    """A row per pair: the columns CONTRACT, then both lists' own columns, ending in _a and _b."""
    pairs, said = result.pairs, result.pairs.said
    columns = {
        "row_a": pa.array(result.a.rows.to_numpy()[pairs.left], pa.int64()),
        "row_b": pa.array(result.b.rows.to_numpy()[pairs.right], pa.int64()),
        "probability": pa.array(said["probability"], pa.float64()),
        "decision": _strings(said["decision"]),
        "evidence": _strings(said["evidence"]),
    }
    for one, at, side in ((result.a, pairs.left, "a"), (result.b, pairs.right, "b")):
        for name in one.table:
            columns[unused(f"{name}_{side}", columns)] = _strings(one.table[name].iloc[at])
    return pa.table(columns)


def _strings(values: pd.Series) -> pa.Array:
    return pa.array(_texts(values), pa.string())


def _texts(values: pd.Series) -> list[str | None]:
    return values.astype("object").where(values.notna(), None).tolist()


def _write_workbook(result: Result, out: Path) -> None:
    book = Workbook(write_only=True)
    _links_sheet(book, result)
    for side, fill in (("a", BLUE), ("b", _GREEN)):
        one: PeopleList = getattr(result, side)
        at = result.unlinked(side)
        sheet = book.create_sheet(f"{side.upper()}未匹配")
        nearest = result.nearest_of(side, at)
        columns = [
            _Column("行号", one.rows.to_numpy()[at].tolist(), 6, fill=fill),
            *_own_columns(one, at, "", fill),
            _Column(f"{'BA'[side == 'b']}中最相近的行", _texts(nearest["nearest_row"]), 10),
            _Column("为何不是", _texts(nearest["refused"]), 20),
            _Column("比较", _texts(nearest["evidence"]), _EVIDENCE_WIDTH),
            _Column("有而未找到的可能", _texts(nearest["missed_probability"]), 10, "0.00%"),
        ]
        _fill(sheet, columns, frozen=1)
    _repeats_sheet(book, result)
    _about_sheet(book, result)
    save(book, out, date.today())


@dataclass(frozen=True, slots=True)
class _Column:
    heading: str
    values: Sequence[object]
    width: int
    number_format: str = GENERAL
    fill: str = BLUE
    hidden: bool = False


def _links_sheet(book: Workbook, result: Result) -> None:
    pairs, said = result.pairs, result.pairs.said
    size = len(pairs.left)
    values = {
        "row_a": result.a.rows.to_numpy()[pairs.left].tolist(),
        "row_b": result.b.rows.to_numpy()[pairs.right].tolist(),
        "probability": said["probability"].tolist(),
        "decision": _texts(said["decision"]),
        "evidence": _texts(said["evidence"]),
    }
    widths = {"probability": 11, "decision": 9}
    sheet = book.create_sheet("links")
    columns = [
        *(
            _Column(
                name, values[name], widths.get(name, 7), "0.0000" if name == "probability" else GENERAL, hidden=name == "evidence"
            )
            for name in CONTRACT
        ),
        _Column("依据", _texts(said["evidence_text"]), _EVIDENCE_WIDTH),
        _Column("结论", [DECISION_NAME[d] for d in said["decision"]], 7),
        _Column("是否同一人", [None] * size, 10, fill=DEEP_YELLOW),
        *_own_columns(result.a, pairs.left, "A·", BLUE),
        *_own_columns(result.b, pairs.right, "B·", _GREEN),
    ]
    if size:
        decision, asked = (get_column_letter(place) for place in (CONTRACT.index("decision") + 1, len(CONTRACT) + 3))
        area = f"{asked}2:{asked}{size + 1}"
        check = DataValidation(type="list", formula1='"是,否"', allow_blank=True, showErrorMessage=True)
        check.error = "请从下拉列表中选择。"
        check.add(area)
        sheet.data_validations.append(check)
        open_ = FormulaRule(formula=[f'${decision}2="possible"'], fill=PatternFill("solid", bgColor=DEEP_YELLOW))
        sheet.conditional_formatting.add(area, open_)
    _fill(sheet, columns, frozen=2)


def _own_columns(one: PeopleList, at: npt.NDArray[np.int64], mark: str, fill: str) -> Iterator[_Column]:
    """The list's own columns at these positions, all text."""
    for name in one.table:
        values = _texts(one.table[name].iloc[at])
        longest = max((text_width(v) for v in set(values) if v), default=0)
        heading = f"{mark}{name}"
        width = max(min(longest, _WIDEST), 6, -(-text_width(heading) // 2))
        yield _Column(heading, values, width, TEXT_FORMAT if longest <= _MAX_TEXT else GENERAL, fill)


def _repeats_sheet(book: Workbook, result: Result) -> None:
    columns: dict[str, list[object]] = {}
    for side, one, repeats in (("A", result.a, result.repeats[0]), ("B", result.b, result.repeats[1])):
        rows, said = one.rows.to_numpy(), repeats.said
        people = one.people.assign(birthdate=one.people["birthdate"].dt.strftime("%Y-%m-%d"))
        own = {"名单": [side] * len(said), "行号": rows[repeats.left].tolist(), "另一行": rows[repeats.right].tolist()}
        own |= {"可能性": said["probability"].tolist(), "结论": [DECISION_NAME[d] for d in said["decision"]]}
        own["依据"] = _texts(said["evidence_text"])
        for place, at in (("", repeats.left), ("（另一行）", repeats.right)):
            for title, field in (("姓名", "name"), ("证件号", "id_number"), ("出生日期", "birthdate")):
                own[title + place] = _texts(people[field].iloc[at])
        for heading, values in own.items():
            columns.setdefault(heading, []).extend(values)
    widths = {"依据": _EVIDENCE_WIDTH, "证件号": 19, "证件号（另一行）": 19, "出生日期（另一行）": 18, "姓名（另一行）": 14}
    formats = {"可能性": "0.0000", "证件号": TEXT_FORMAT, "证件号（另一行）": TEXT_FORMAT}
    sheet = book.create_sheet("名单内重复")
    _fill(sheet, [_Column(h, v, widths.get(h, 11), formats.get(h, GENERAL)) for h, v in columns.items()], frozen=3)


def _fill(sheet: WriteOnlyWorksheet, columns: Sequence[_Column], frozen: int) -> None:
    """Layout, heading and rows; a stream of rows wants all of its layout first."""
    set_up_page(sheet, "", str(sheet.title))
    size = len(columns[0].values)
    letters = [get_column_letter(place) for place in range(1, len(columns) + 1)]
    for letter, column in zip(letters, columns, strict=True):
        sheet.column_dimensions[letter].width = column.width + 1.5
        sheet.column_dimensions[letter].hidden = column.hidden
    sheet.row_dimensions[1].height = 14 * max(text_lines(c.heading, c.width) for c in columns if not c.hidden) + 4
    sheet.freeze_panes = f"{letters[frozen]}2"
    sheet.auto_filter.ref = f"A1:{letters[-1]}{size + 1}"
    sheet.print_title_rows = "1:1"
    looks: dict[tuple[str, str], Look] = {}
    for column in columns:
        if ("heading", column.fill) not in looks:
            looks["heading", column.fill] = look(sheet, bold=True, fill=column.fill, centred=True)
        if ("value", column.number_format) not in looks:
            looks["value", column.number_format] = look(sheet, number_format=column.number_format)
    sheet.append([cell(sheet, column.heading, looks["heading", column.fill]) for column in columns])
    if size:
        # A column that does not show needs no height.
        filled = [Filled(c.values, looks["value", c.number_format], 10_000 if c.hidden else c.width) for c in columns]  # type: ignore[arg-type]
        append_rows(sheet, filled, first=2)


def _about_sheet(book: Workbook, result: Result) -> None:
    """What was compared, how, and how much came of it."""
    sheet = book.create_sheet("说明")
    set_up_page(sheet, "", "说明")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 100
    head, plain = look(sheet, bold=True, fill=BLUE), look(sheet)
    width = 96
    for title, text in _about(result):
        sheet.row_dimensions[sheet._max_row + 1].height = 14 * text_lines(text, width) + 4
        sheet.append([cell(sheet, title, head), cell(sheet, text, plain)])


def _about(result: Result) -> Iterator[tuple[str, str]]:
    titles = {field.key: field.title for field in LIST_FIELDS}
    yield "注意", _NOTICE
    for side, one in (("a", result.a), ("b", result.b)):
        matched, open_, left = result.outcome_of_rows(side)
        name = side.upper()
        yield f"名单{name}", f"{one.title}：{len(one.rows)} 行，其中相符 {matched}，待确认 {open_}，未匹配 {left}"
        yield f"名单{name}用到的列", "；".join(f"{titles[key]}：{'＋'.join(columns)}" for key, columns in one.used.items())
        taken = {column for columns in one.used.values() for column in columns}
        rest = [str(name) for name in one.table if name not in taken]
        yield f"名单{name}未用于比对的列", "、".join(rest) or "无"
    yield "结果", f"相符 {result.count('match')} 对，待确认 {result.count('possible')} 对"
    yield "名单内重复", "，".join(f"{side} {len(r.left)} 对" for side, r in zip("AB", result.repeats, strict=True))
    yield "错误关联的代价", f"一次错误关联抵 {result.cost_ratio:g} 次白跑"
    for notice in result.notices:
        yield "读取时发现", notice
    yield from _READING
