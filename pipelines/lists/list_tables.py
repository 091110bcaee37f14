"""From a file of any container, Parquet included, to its sheets, and from a sheet to a table below its heading row."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from matching.character_forms import HAN
from matching.text_columns import on_distinct, series_of
from pipelines.files.containers import sheets
from pipelines.files.grid import Grid, cell_text, filled_rows
from pipelines.files.refusal import FileRefused

_SHOWN = rf"[!-~{HAN}]"  # in RE2: a text with such a character is no blank cell


@dataclass(frozen=True, slots=True)
class ListTable:
    """A sheet below its heading row. ``columns``: column of ``table`` -> its heading as written; ``from_1904``: as in ``Grid``;
    ``merged``: column -> numbers of rows into which it was written from a merged cell above."""

    sheet: str
    columns: dict[str, str]
    table: pd.DataFrame
    rows: pd.Series
    from_1904: bool = False
    merged: dict[str, list[int]] = field(default_factory=dict)


def list_sheets(content: bytes, passwords: Sequence[str] = ()) -> Iterator[Grid]:
    """The sheets of a workbook or text file, ``passwords`` tried on one that has one. Raises FileRefused."""
    try:
        yield from sheets(content, passwords)
    except FileRefused as refused:
        if refused.rule != "not_a_table" or b"\0" in content[:4096]:
            raise
        # A text file of one column has no delimiter; with one at every line's end it is a table like all others.
        yield from sheets(b",\n".join(content.splitlines()) + b",")


def below(grid: Grid, at: int) -> ListTable:
    """The sheet below its heading row (its index). Rows entirely blank are skipped, unnamed columns without content too."""
    heading = [" ".join((column[at].as_py() or "").split()) for column in grid.columns]
    body = [column.slice(at + 1) for column in grid.columns]
    filled = filled_rows(body)
    numbers = pc.add(pc.indices_nonzero(filled).cast(pa.int64()), grid.first_row + at + 1)
    columns: dict[str, str] = {}
    table: dict[str, pd.Series] = {}
    merged: dict[str, list[int]] = {}
    rows_of: dict[int, list[int]] = {}
    for row, place in grid.filled:
        rows_of.setdefault(place, []).append(row)
    for index, (title, column) in enumerate(zip(heading, body, strict=True)):
        cells = column.filter(filled).to_pandas().astype("str").str.strip()  # a tab keeps Excel from reading an ID as a number
        cells = cells.where(cells != "")
        if title or cells.notna().any():
            unique = unused(title or f"第{index + 1}列", columns)
            columns[unique] = title
            table[unique] = cells
            merged[unique] = rows_of.get(index, [])
    return ListTable(grid.sheet, columns, pd.DataFrame(table), numbers.to_pandas(), grid.from_1904, merged)


def unused(name: str, taken: Mapping[str, object]) -> str:
    """``name``, numbered where it is taken already."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def parquet(content: bytes) -> ListTable:
    """The table of a Parquet file, its rows numbered as if under a heading. Raises FileRefused."""
    try:
        return from_arrow(pq.read_table(io.BytesIO(content)), first_row=2)
    except (pa.ArrowException, OSError, ValueError):
        raise FileRefused("unreadable_file", "Parquet 文件已损坏，无法打开") from None


def from_arrow(table: pa.Table, first_row: int) -> ListTable:
    """An Arrow table, whose rows are numbered from ``first_row``. Rows entirely blank are skipped."""
    columns: dict[str, str] = {}
    for name in table.column_names:
        columns[unused(name, columns)] = name
    cells = {unique: _texts(column) for unique, column in zip(columns, table.columns, strict=True)}
    frame = pd.DataFrame(cells, index=range(table.num_rows))
    filled = frame.notna().any(axis=1)
    rows = pd.Series(range(first_row, table.num_rows + first_row), dtype="int64")[filled]
    return ListTable("", columns, frame[filled].reset_index(drop=True), rows.reset_index(drop=True))


def _texts(column: pa.ChunkedArray) -> pd.Series:
    """A column of Parquet as text. Whole numbers go by Arrow: with a gap among them pandas would round an ID."""
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column.validate(full=True)  # what is no UTF-8 is refused here
        return on_distinct(column.cast(pa.string()).to_pandas(), cell_text, same=_SHOWN)
    values = column.to_pandas()
    if pa.types.is_nested(kind):
        values = values.map(str, na_action="ignore")
    codes, distinct = pd.factorize(values)
    texts = pa.array([*map(cell_text, distinct), None], pa.string())
    return series_of(texts.take(pa.array(codes % len(texts))), values.index)  # code -1 (missing) takes the last one
