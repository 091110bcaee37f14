"""A table of a web page whose headings are a table of their own, so that they stay in sight while the rows are scrolled."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyarrow as pa

from pipelines.files.grid import Grid

_NUMBER = re.compile(r"\d{4}")  # of a date, a school, a person: no heading has one, and hardly a row has none
_HEADING_ROWS, _FEWEST_HEADINGS = 2, 3
_SCROLL_BAR = 1  # column, which only one of the two has


def joined_with_heads(grids: Iterable[Grid]) -> Iterator[Grid]:
    """The tables, each of headings alone joined with the one of rows that follows it."""
    before: Grid | None = None
    for grid in grids:
        if before is not None and _is_head_of(before, grid):
            before = _below(before, grid)
        else:
            if before is not None:
                yield before
            before = grid
    if before is not None:
        yield before


def _is_head_of(head: Grid, body: Grid) -> bool:
    if not 1 <= len(head) <= _HEADING_ROWS or not len(body) or abs(len(head.columns) - len(body.columns)) > _SCROLL_BAR:
        return False
    rows, (first, *_) = head.head(_HEADING_ROWS), body.head(1)
    headings = [cell for cell in rows[-1] if cell]
    return (
        len(headings) >= _FEWEST_HEADINGS
        and not any(_NUMBER.search(cell) for row in rows for cell in row if cell)
        and any(_NUMBER.search(cell) for cell in first if cell)
    )


def _below(head: Grid, body: Grid) -> Grid:
    down = len(head)
    columns = [
        pa.concat_arrays(
            [grid.columns[i] if i < len(grid.columns) else pa.nulls(len(grid), pa.string()) for grid in (head, body)]
        )
        for i in range(max(len(head.columns), len(body.columns)))
    ]
    filled = [*head.filled, *((row + down, column) for row, column in body.filled)]
    spans = [*head.spans, *((row + down, first, last) for row, first, last in body.spans)]
    return replace(head, columns=columns, filled=filled, spans=spans, notes=[*head.notes, *body.notes])
