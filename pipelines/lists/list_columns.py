"""Any list of people an analyst has -> its own columns as text, the number of every row, and the columns that
``matching`` compares. Which column is what its heading says (``pipelines.lists.list_fields.LIST_FIELDS``), or the analyst."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from matching.text_columns import on_distinct
from pipelines.files.grid import Grid, GridRows
from pipelines.files.opening import read_file
from pipelines.files.refusal import FileRefused, reason
from pipelines.intake.declared_counts import declared_count
from pipelines.intake.places import Places
from pipelines.intake.tables_in_sheet import RIGHT, columns_of
from pipelines.intake.values import SAME_TEXT, squeeze, text_or_none
from pipelines.lists.list_fields import FIELD_OF_LIST, LIST_FIELDS, Named, Ranks, not_meant, ranks_of, spelled
from pipelines.lists.list_footers import without_footers
from pipelines.lists.list_records import list_people
from pipelines.lists.list_tables import ListTable, below, from_arrow, list_sheets, parquet
from schemas.settings import Settings

_LOOK_IN_ROWS = 30
_OWN = (
    "name",
    "given",
    "surname",
    "middle",
    "former_name",
    "id",
    "birth",
    "phone",
)  # fields of which each person has an own value
_MANY = 20  # headings quoted in a message
ONLY = "list"  # the side of a list beside which there is no other


@dataclass(frozen=True, slots=True)
class PeopleList:
    """A list taken in. ``side``: a, b, …, or ONLY. ``table``: its own columns, text, in their order; ``rows``: their numbers as Excel shows them (in
    Parquet the first is 2); ``people``: what ``matching`` compares, a row per row. ``used``: field -> headings."""

    side: str
    file: str
    sheet: str
    table: pd.DataFrame
    rows: pd.Series
    people: pd.DataFrame
    used: dict[str, tuple[str, ...]]
    notices: tuple[str, ...]
    other_id_kind: bool  # its id_number is no Chinese ID but some other kind of number

    @property
    def letter(self) -> str:
        """What the list is called in an outcome: A, B, …"""
        return "A" if self.side == ONLY else self.side.upper()

    @property
    def title(self) -> str:
        """The file, and the sheet where it has one."""
        return f"《{self.file}》" + (f"工作表“{self.sheet}”" if self.sheet else "")


def read_list(
    path: Path,
    side: str,
    sheet: str | None = None,
    own: Named | None = None,
    common: Named | None = None,
    settings: Settings | None = None,
) -> PeopleList:
    """Read the list ``path`` as ``side``. ``own``, ``common``: columns that the analyst named for this list, or
    for both, in which case one of them may lack it; they go before those known by their headings. ``settings``: the county's,
    whose registries' headings and whose places are known as well; the default ones where None.

    Raises FileRefused, with the way to mend it, where there is no list of people in it.
    """
    own, common = own or {}, common or {}
    try:
        content = read_file(path)
    except OSError as error:
        raise FileRefused("unreadable_file", f"文件打不开（{reason(error)}）") from None
    settings = settings or Settings()
    ranks = ranks_of(settings.registries)
    grid, notices = _grid(content, sheet, {**common, **own}, side, ranks, settings.passwords)
    return _people_list(path.name, grid, side, own, common, ranks, notices, Places(settings.divisions))


def list_of_table(table: pa.Table, name: str, side: str, own: Named | None = None, common: Named | None = None) -> PeopleList:
    """The list that an Arrow table holds, called ``name`` in messages; its rows are numbered from 0. Else like ``read_list``."""
    settings, grid = Settings(), from_arrow(table, first_row=0)
    places = Places(settings.divisions)
    return _people_list(name, grid, side, own or {}, common or {}, ranks_of(settings.registries), [], places)


def _people_list(
    name: str, grid: ListTable, side: str, own: Named, common: Named, ranks: Ranks, notices: list[str], places: Places
) -> PeopleList:
    named = {**common, **own}
    notices = [*notices, *_check_named(grid, own, common)]
    grid, nobody = without_footers(grid)
    notices += [f"有 {nobody} 行是合计、签名、说明或重复的表头，没有算作人"] if nobody else []
    if not len(grid.table):
        raise FileRefused("empty_sheet", f"{_where(grid.sheet)}只有表头，没有数据行，请检查名单是否完整")
    cells, used, empty, taken_back = _cells(grid, named, ranks)
    notices += [f"有 {taken_back} 格姓名、证件号等被上方的合并单元格盖住，按空白处理，没有填入上一行的值"] if taken_back else []
    notices += [f"整列为空，按没有这一列处理：{quoted(empty)}"] if empty else []
    if not any(FIELD_OF_LIST[key].identifies for key in cells):
        raise FileRefused("no_columns", _no_columns(grid.sheet, list(grid.columns.values()), side, notices))
    people, other_id_kind, not_understood = list_people(side, grid.rows, cells, places, grid.from_1904)
    return PeopleList(side, name, grid.sheet, grid.table, grid.rows, people, used, (*notices, *not_understood), other_id_kind)


def _grid(
    content: bytes, sheet: str | None, named: Named, side: str, ranks: Ranks, passwords: Sequence[str]
) -> tuple[ListTable, list[str]]:
    """(the sheet asked for, else the first with a heading row; notices, which name the other sheets that have one)."""
    if content.startswith(b"PAR1"):
        if sheet is None:
            return parquet(content), []
        raise FileRefused("no_sheet", f"Parquet 文件没有工作表，请去掉 {_sheet_option(side).strip()}")
    found = [part for grid in list_sheets(content, passwords) for part in (grid, *_lists_beside(grid, named, ranks))]
    if sheet is not None:
        named_so = [grid for grid in found if grid.sheet == sheet]
        if not named_so:
            names = "、".join(grid.sheet for grid in found if grid.sheet) or "（不是工作簿，没有工作表）"
            raise FileRefused("no_sheet", f"没有名为“{sheet}”的工作表，现有：{names}")
        found = named_so
    headed = [(grid, at) for grid in found if (at := _heading_row(grid.head(_LOOK_IN_ROWS), named, ranks)) is not None]
    if not headed:
        some = next((grid for grid in found if len(grid)), None)
        rows = some.head(_LOOK_IN_ROWS) if some else []
        name = some.sheet if some else ""
        if not any(map(any, rows)):
            raise FileRefused("empty_file", "文件里没有任何内容，请重新导出")
        at = _heading_row(rows, named, ranks, identifying=False)
        shown = _unknown_headings(rows) if at is None else rows[at]
        asked = [h for headings in named.values() for h in headings]
        missing = [f"指定的列 {quoted(asked)} 不在前 {_LOOK_IN_ROWS} 行里"] if asked else []
        raise FileRefused("no_columns", _no_columns(name, [h for h in shown if h], side, missing))
    (grid, at), *others = headed
    used = f"工作表“{grid.sheet}”" if grid.sheet else "左边的一份"
    unread = (
        f"只用了{used}；另有名单未用：{'、'.join(other.sheet for other, _ in others)}（要用请加 {_sheet_option(side)}工作表名）"
    )
    table = below(grid, at)
    declared = declared_count([cell for row in grid.head(at) for cell in row if cell]) or 0
    fewer = f"表上写明共 {declared:,} 人，读到的只有 {len(table.table):,} 行，请核对是否缺了人"
    return table, [*([unread] if others else []), *([fewer] if declared > len(table.table) else [])]


def _lists_beside(grid: Grid, named: Named, ranks: Ranks) -> Iterator[Grid]:
    """The lists that stand to the right of the sheet's first one, under the same headings in the same order, as sheets of their own."""
    rows = grid.head(_LOOK_IN_ROWS)
    at = _heading_row(rows, named, ranks)
    headings = [spelled(cell) if cell else "" for cell in rows[at]] if at is not None else []
    for column in range(2, len(headings)):
        left, right = ([h for h in part if h] for part in (headings[:column], headings[column:]))
        if headings[column] and len(left) > 1 and right[: len(left)] == left:
            beside = replace(columns_of(grid, column, len(grid.columns)), sheet=grid.sheet + RIGHT, notes=[])
            yield from (beside, *_lists_beside(beside, named, ranks))
            return


def _heading_row(rows: GridRows, named: Named, ranks: Ranks, identifying: bool = True) -> int | None:
    """The row, of the first, with the most known headings; one of a name or a number among them if ``identifying``."""
    asked = {spelled(h): key for key, headings in named.items() for h in headings}
    known = {heading: key for key, heading in ranks} | asked
    best, most = None, 0
    for index, row in enumerate(rows[:_LOOK_IN_ROWS]):
        hits = {known[s] for cell in row if cell and (s := spelled(cell)) in known}
        if len(hits) > most and (not identifying or any(FIELD_OF_LIST[key].identifies for key in hits)):
            best, most = index, len(hits)
    return best


def _check_named(grid: ListTable, own: Named, common: Named) -> list[str]:
    """Notices of columns that were named for both lists and are not in this one. Raises FileRefused for one of its own."""
    notices = []
    present = {spelled(heading) for heading in grid.columns.values()}
    for named in (own, common):
        if absent := [h for headings in named.values() for h in headings if spelled(h) not in present]:
            message = f"没有指定的列：{'、'.join(absent)}。{_where(grid.sheet)}的表头有：{quoted(list(grid.columns.values()))}"
            if named is own:
                raise FileRefused("no_such_column", message)
            notices.append(message)
    return notices


def _cells(
    grid: ListTable, named: Named, ranks: Ranks
) -> tuple[dict[str, list[pd.Series]], dict[str, tuple[str, ...]], list[str], int]:
    """(per field found its columns' texts, per field those columns' names, names of the columns that are empty and left out, how many cells
    of what each person has an own value for were only written into from a merged cell above, and are empty again)."""
    compared = {column: spelled(heading) for column, heading in grid.columns.items()}
    texts: dict[str, pd.Series] = {}
    chosen: dict[str, list[str]] = {}
    empty: list[str] = []
    asked: set[str] = set()
    taken_back: dict[str, int] = {}
    for key, headings in named.items():
        if columns := [c for h in headings for c in compared if compared[c] == spelled(h)]:
            chosen[key] = columns
            asked.update(columns)
    ruled_out = not_meant(compared.values(), named, ranks)
    for field in LIST_FIELDS:
        known = ((i, c, (field.key, s)) for i, (c, s) in enumerate(compared.items()))
        ranked = sorted((ranks[k], i, c) for i, c, k in known if k in ranks and k not in ruled_out)
        candidates = chosen.get(field.key) or [c for _, _, c in ranked if c not in asked]
        if field.several and field.key not in chosen:
            candidates = [c for c in compared if c in candidates]  # in the list's order: number, street, town
        for column in candidates:
            texts[column] = on_distinct(grid.table[column], text_or_none, same=SAME_TEXT)
            if field.key in _OWN and grid.merged.get(column):
                others = grid.rows.isin(grid.merged[column]) & texts[column].notna()
                texts[column], taken_back[column] = texts[column].mask(others), int(others.sum())
        empty += [c for c in candidates if not texts[c].notna().any()]
        filled = [c for c in candidates if texts[c].notna().any()]
        chosen[field.key] = filled if field.several or field.key in named else filled[:1]
    if chosen["name"]:
        chosen["given"] = chosen["surname"] = []
    if not chosen["year_of_birth"]:
        chosen["month_of_birth"] = chosen["month_day_of_birth"] = []
        chosen["day_of_birth"] = chosen["day_of_birth"] if chosen["birth"] else []
    used = {field.key: tuple(chosen[field.key]) for field in LIST_FIELDS if chosen[field.key]}
    return {key: [texts[c] for c in columns] for key, columns in used.items()}, used, empty, sum(taken_back.values())


def _unknown_headings(rows: GridRows) -> list[str]:
    """What seems to be the headings of a sheet in which none is known: none with a digit, over a row that has digits.
    Where that is in doubt nothing is shown, for the first row may be a person's."""
    tabular = [row for row in rows[:_LOOK_IN_ROWS] if sum(map(bool, row)) > 1]  # no titles
    first, second = [*tabular, [], []][:2]
    pairs = list(zip(first, second, strict=False))
    digits = any(re.search(r"\d{4}", b or "") for _, b in pairs)
    headings = [a for a in first if a]
    doubtful = any(re.search(r"\d", a) or text_or_none(a) is None or squeeze(a) in ("男", "女") for a in headings)
    return headings if digits and not doubtful and all(a for a, b in pairs if b) else []


def _no_columns(sheet: str, headings: Sequence[str], side: str, also: Sequence[str]) -> str:
    seen = f"表头有：{quoted(headings)}" if headings else f"前 {_LOOK_IN_ROWS} 行里没有认得的表头"
    return (
        f"{_where(sheet)}没有可用的姓名列，也没有可用的证件号列。{'。'.join([seen, *also])}。请在表头写明“姓名”“身份证号”等，"
        f"或指明列名，如 {_columns_option(side)}"
    )


def _columns_option(side: str) -> str:
    """How the columns of this list alone are named on the command line, which has options of their own for a and b."""
    option, mark = (f"--columns-{side}", "") if side in ("a", "b") else ("--columns", "" if side == ONLY else f"{side}:")
    return f"{option} {mark}name=姓名所在列的表头 {mark}id=证件号所在列的表头"


def _sheet_option(side: str) -> str:
    return f"--sheet-{side} " if side in ("a", "b") else f"--sheet {'' if side == ONLY else f'{side}:'}"


def quoted(headings: Sequence[str]) -> str:
    """Headings in a message; the first of them where there are many."""
    shown = [" ".join(h.split()) for h in headings if h]
    return "、".join(shown[:_MANY]) + (f" 等 {len(shown)} 列" if len(shown) > _MANY else "")


def _where(sheet: str) -> str:
    return f"工作表“{sheet}”" if sheet else "文件"
