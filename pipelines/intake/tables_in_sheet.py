"""Sheets that hold several tables: two lists side by side, or one below another under headings in another order."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.files.grid import Grid
from pipelines.intake.headings import LOOK_IN_ROWS, Headings, find_headings, missing_columns, plain, recognise
from schemas.registry import Registry

RIGHT = "（右栏）"  # behind the sheet's name: its left and its right half have the same row numbers


def tables_of(grid: Grid, registry: Registry | None, registries: Mapping[str, Registry]) -> Iterator[Grid]:
    """The tables of a sheet, as grids of their own; the grid itself where it holds one or none that can be told."""
    rows = grid.head(LOOK_IN_ROWS)
    expected = registry or recognise(rows, registries)
    headings = find_headings(rows, expected) if expected else None
    if expected is None or headings is None:
        yield grid
        return
    if column := _second_list(rows[headings.row], expected):
        note = ("side_by_side", f"一张表里并排放着两份名单，左右都已读入，右边的记在工作表名加“{RIGHT}”之下")
        left = replace(columns_of(grid, 0, column), notes=[*grid.notes, note])
        right = replace(columns_of(grid, column, len(grid.columns)), sheet=grid.sheet + RIGHT, notes=[])
        yield from (part for half in (left, right) for part in tables_of(half, expected, registries))
    elif row := _other_headings(grid, headings, expected):
        yield _rows(grid, 0, row)
        yield from tables_of(_rows(grid, row, len(grid)), expected, registries)
    else:
        yield grid


def _second_list(row: list[str | None], registry: Registry) -> int | None:
    """The column from which on the headings are those of a whole list once more."""
    texts = [plain(cell) for cell in row]
    for column in range(1, len(texts)):
        if (
            texts[column]
            and texts[column] in texts[:column]
            and _whole(row[:column], registry)
            and _whole(row[column:], registry)
        ):
            return column
    return None


def _whole(row: list[str | None], registry: Registry) -> bool:
    headings = find_headings([row], registry)
    return headings is not None and not missing_columns(headings, registry)


def _other_headings(grid: Grid, headings: Headings, registry: Registry) -> int | None:
    """The row, below the headings, in which others begin that name the columns otherwise."""
    known = pa.array(sorted({h for c in registry.columns for h in c.headings}), pa.string())
    start = headings.row + 1
    seen: pa.Array | None = None
    for field in ("name", "id_number"):
        if field in headings.fields:
            hit = pc.is_in(pc.utf8_trim_whitespace(grid.columns[headings.fields[field]].slice(start)), value_set=known)
            seen = hit if seen is None else pc.or_(seen, hit)
    for index in pc.indices_nonzero(seen).to_pylist() if seen is not None else []:
        place = start + index
        lines = [[column[i].as_py() for column in grid.columns] for i in range(max(place - 1, start), min(place + 2, len(grid)))]
        # The same headings in two rows, as on the page before, are no others.
        if any((found := find_headings(part, registry)) and found.fields == headings.fields for part in (lines, lines[-2:])):
            continue
        alone = find_headings([lines[place - max(place - 1, start)]], registry)
        if alone and {"name", "id_number"} <= alone.fields.keys():
            return int(place)
    return None


def columns_of(grid: Grid, first: int, end: int) -> Grid:
    """The sheet from column ``first`` up to ``end`` (from 0, exclusive)."""
    return replace(
        grid,
        columns=grid.columns[first:end],
        filled=[(r, c - first) for r, c in grid.filled if first <= c < end],
        errors=[(r, c - first) for r, c in grid.errors if first <= c < end],
        spans=[(r, a - first, b - first) for r, a, b in grid.spans if first <= a and b < end],
    )


def _rows(grid: Grid, first: int, end: int) -> Grid:
    return replace(
        grid, columns=[c.slice(first, end - first) for c in grid.columns], first_row=grid.first_row + first,
        notes=grid.notes if not first else [("other_headings", "同一张表里有几段，各段表头的顺序不同，已分段读入")],
    )  # fmt: skip
