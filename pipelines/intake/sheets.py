"""From a sheet as it was read to the columns of a registry: whose it is, where its headings and its rows are."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.files.grid import LONGEST_CELL, Grid, GridRows, filled_rows
from pipelines.files.refusal import Refusal
from pipelines.intake.headings import LOOK_IN_ROWS, Headings, find_headings, missing_columns, misspelt, recognise, signature_share
from pipelines.intake.own_cells import without_merged_own
from schemas.calendar import day_of_moment
from schemas.registry import Registry

# 2020年11月5日, 2020-11-5, 20201105; of a month alone its first day.
_DATED = (
    re.compile(r"(?<!\d)(20\d{2})\s*[-./_年]\s*(1[0-2]|0?[1-9])(?:\s*[-./_月]\s*(3[01]|[12]\d|0?[1-9])(?!\d))?(?!\d)"),
    re.compile(r"(?<!\d)(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?(?!\d)"),
)
# Between two days of which a list says from when to when, such as the births of its children: neither is the day it was made.
_UNTIL = re.compile(r"^\s*[日号月]?\s*[-_~～—–至到]+\s*$")
DatedFrom = Literal["name", "file_time"]
_MOST_SHOWN = 8  # misspelt headings in a message


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One sheet taken in.

    ``cells``: one text column per field found, values as exported, untouched; besides these ``row``, its number;
    ``first_cell``, the row's first text wherever it stands (a footer may have left all known columns empty); ``overflow``:
    cells stand beyond the last heading; ``longer``: the row has more cells than headings, blank ones counted; ``too_long``: a
    cell is longer than a spreadsheet holds; ``contradicted``: another file has the same person in a state that goes before this one
    (``pipelines.intake.supersede``). ``extra``: headings nobody knows; ``notes``: rule, Chinese sentence; ``dated``: the day the export was made,
    ``dated_from`` its name or a title above the headings, else the file's time; ``filled`` and ``errors``: per field the numbers of rows that a merged cell
    was written into, or that hold #N/A; ``titles``: the cells of each row above the headings."""

    registry: Registry
    file: str
    sheet: str
    sha256: str
    heading_row: int
    cells: pd.DataFrame
    extra: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    dated: date = date(1970, 1, 1)
    dated_from: DatedFrom = "file_time"
    modified: float = 0.0
    from_1904: bool = False
    filled: dict[str, list[int]] = field(default_factory=dict)
    errors: dict[str, list[int]] = field(default_factory=dict)
    titles: tuple[frozenset[str], ...] = ()


def take_sheet(
    file: str, grid: Grid, registry: Registry | None, sha256: str, modified: float, registries: Mapping[str, Registry]
) -> Sheet | Refusal:
    """The sheet's rows under the fields of its registry, ``registry`` where its folder says so, else by its headings."""
    where = f"工作表“{grid.sheet}”" if grid.sheet else "文件"
    rows = _with_spans(grid)
    expected = registry or recognise(rows, registries)

    def refuse(rule: str, message: str, column: str | None = None) -> Refusal:
        return Refusal(expected.key if expected else "", file, grid.sheet, rule, where + message, column=column)

    if not any(map(any, rows)) and not pc.any(filled_rows(grid.columns)).as_py():
        return refuse("empty_sheet", "是空的，请重新导出")
    if expected is None:
        return refuse("unknown_registry", _no_registry(rows, registries))
    headings = find_headings(rows, expected)
    if actual := _registry_meant(rows, headings, expected, registries):
        return refuse("wrong_registry", _wrong_folder(actual, expected))
    if headings is None:
        return refuse("no_headings", _no_headings(rows, expected))
    number = grid.first_row + headings.row
    if missing := "、".join(missing_columns(headings, expected)):
        message = f"第 {number} 行表头缺少必需的列：{missing}。请重新导出并勾选这些列{_meant(rows, [expected])}"
        return refuse("missing_column", message, missing)
    grid = without_merged_own(grid, headings)
    cells = _cells(grid, headings)
    if cells.empty:
        return refuse("empty_sheet", "只有表头，没有数据行，请重新导出")
    titles = [cell for row in rows[: headings.row] for cell in row if cell]
    return Sheet(
        expected, file, grid.sheet, sha256, number, cells, headings.extra, (*grid.notes, *_notes(rows[headings.row], headings)),
        *_made_on(file, titles, modified), modified, grid.from_1904,
        _by_field(grid.filled, headings, number), _by_field(grid.errors, headings, number),
        tuple(frozenset(filter(None, row)) for row in rows[: headings.row]),
    )  # fmt: skip


def _registry_meant(
    rows: GridRows, headings: Headings | None, expected: Registry, registries: Mapping[str, Registry]
) -> Registry | None:
    """The registry whose export this is, where it is another than ``expected``, to which its headings do not belong."""
    share = signature_share(headings, expected)
    if headings is not None and share >= 0.5 and not missing_columns(headings, expected):
        return None
    actual = recognise(rows, registries)
    if actual is None or actual is expected or signature_share(find_headings(rows, actual), actual) <= share:
        return None
    return actual


def _no_registry(rows: GridRows, registries: Mapping[str, Registry]) -> str:
    meant = _meant(rows, registries.values())
    return f"的表头不属于任何一个系统。请放入对应系统的文件夹（raw/xueji 等）并检查表头{meant}"


def _wrong_folder(actual: Registry, expected: Registry) -> str:
    return (
        f"看起来是{actual.title}的导出，却放在{expected.title}的文件夹里。"
        f"请移到 raw/{actual.key}/；一个文件里有几个系统的工作表时，请直接放在 raw/ 下，会按表头分别识别"
    )


def _no_headings(rows: GridRows, expected: Registry) -> str:
    first = "、".join(c.headings[0] for c in expected.columns if c.required)
    meant = _meant(rows, [expected])
    return f"前 {LOOK_IN_ROWS} 行里找不到{expected.title}的表头（应有：{first}）。请检查是否导出了正确的表{meant}"


def _notes(row: Sequence[str | None], headings: Headings) -> list[tuple[str, str]]:
    """(rule, Chinese sentence) of what to know about the headings in ``row``: columns that stand in for another, columns not used."""
    notes = []
    for field_, others in headings.fallback_columns.items():
        first, *rest = (" ".join((row[i] or "").split()) for i in (headings.fields[field_], *others))
        notes.append(("second_column", f"“{first}”列空着的，取自“{'”“'.join(rest)}”列"))
    if headings.unused_duplicates:
        notes.append(("duplicate_heading", f"表头重复，只用第一列，没有用后面的：{'、'.join(headings.unused_duplicates)}"))
    return notes


def _with_spans(grid: Grid) -> GridRows:
    """The first rows, the text of a cell that is merged sideways in all of its columns."""
    rows = grid.head(LOOK_IN_ROWS)
    for number, first, last in grid.spans:
        if 0 <= (index := number - grid.first_row) < len(rows):
            rows[index][first : last + 1] = [rows[index][first]] * (last + 1 - first)
    return rows


def _cells(grid: Grid, headings: Headings) -> pd.DataFrame:
    """The rows below the headings that are not blank."""
    start = headings.row + 1
    columns = [column.slice(start) for column in grid.columns]
    filled = filled_rows(columns)
    width = max(i for i, column in enumerate(grid.columns) if column[headings.row].is_valid or i in headings.fields.values()) + 1
    numbers = pc.add(pc.indices_nonzero(filled).cast(pa.int32()), grid.first_row + start).cast(pa.int32())
    taken = {
        field: pc.coalesce(*(columns[j].filter(filled) for j in (i, *headings.fallback_columns.get(field, ()))))
        for field, i in headings.fields.items()
    }
    if "id_number" not in taken:  # a county may have declared that an export need not have it
        taken["id_number"] = pa.nulls(len(numbers), pa.string())
    first = pc.coalesce(*(column.filter(filled) for column in columns))
    out = pd.DataFrame({"row": numbers.to_pandas()})
    for name, cells in (*taken.items(), ("first_cell", first)):
        out[name] = cells.to_pandas().astype("str")
    # A text file's row with more cells than headings has been cut in the wrong places; in a workbook those are remarks.
    beyond = columns[width:] if not grid.sheet else []
    out["overflow"] = filled_rows(c.filter(filled) for c in beyond).to_pandas() if beyond else False
    out["contradicted"] = False
    out["longer"] = out["row"].isin(grid.longer)
    out["too_long"] = _too_long(taken)
    return out


def _too_long(taken: dict[str, pa.Array]) -> pd.Series | bool:
    longest = max((pc.max(pc.binary_length(cells)).as_py() or 0 for cells in taken.values()), default=0)
    if longest <= LONGEST_CELL:
        return False
    flags = [pc.fill_null(pc.greater(pc.binary_length(cells), LONGEST_CELL), False).to_pandas() for cells in taken.values()]
    return pd.concat(flags, axis=1).any(axis=1)


def _by_field(cells: Sequence[tuple[int, int]], headings: Headings, heading_row: int) -> dict[str, list[int]]:
    """(row number, column) of cells below the headings -> per field its rows."""
    field_of = {index: name for name, index in headings.fields.items()}
    out: dict[str, list[int]] = {}
    for row, column in cells:
        if row > heading_row and column in field_of:
            out.setdefault(field_of[column], []).append(row)
    return out


def _made_on(file: str, titles: Sequence[str], modified: float) -> tuple[date, DatedFrom]:
    """The day in the file's name; else in a title above the headings; else the file's own. A copy may have a later one."""
    for text in (file.rpartition("/")[2], *titles[:20]):
        for year, month, day in _days_in(text):
            try:
                return date(int(year), int(month), int(day)), "name"
            except ValueError:
                continue
    return day_of_moment(modified), "file_time"


def _days_in(text: str) -> list[tuple[str, ...]]:
    """Year, month and day of each day in the text that does not begin or end a range of days."""
    found = [match for pattern in _DATED for match in pattern.finditer(text)]
    in_range = {
        m for a in found for b in found if a.end() <= b.start() and _UNTIL.match(text[a.end() : b.start()]) for m in (a, b)
    }
    return [match.groups("1") for match in found if match not in in_range]


def _meant(rows: GridRows, registries: Iterable[Registry]) -> str:
    """What misspelt headings may mean, as the end of a message."""
    found = max((misspelt(rows, registry) for registry in registries), key=len, default=[])
    if not found:
        return ""
    sentence = "，".join(f"“{written}”是否就是“{meant}”" for written, meant in found[:_MOST_SHOWN])
    return f"。表头里{sentence}？如是，请改正表头，或在 county.toml 里登记这种写法"
