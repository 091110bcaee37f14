"""A sheet as columns of text, each row under the number Excel shows."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

GridRows = list[list[str | None]]
MOST_CELLS = 32_000_000  # of a sheet: 1,048,576 rows of 30 columns
_BLANK_CELL = r"^[\s\x{3000}\x{a0}\x{feff}]*$"
_BEGINS_A_BLANK = np.isin(np.arange(256), [*b"\t\n\f\r ", 0xE3, 0xC2, 0xEF])  # of UTF-8
_MOST = 10**15  # whole numbers below it are text as they are
LONGEST_CELL = 32_767  # characters; Excel holds no more


@dataclass(slots=True)
class Grid:
    """``columns``: text, all of one length, null where a cell is empty or blank. ``first_row``: the number of their first
    row. ``filled``: (row number, column) of cells that a merged cell above was written into; ``covered``: of those that one covers and that
    hold something of their own, in workbooks. ``errors``: (row number, column) of cells that hold #N/A and the like. ``uncomputed``,
    ``comments``: of formulas without a value, and of cells with a comment (批注), in workbooks. ``spans``: (row number, first column, last
    column) of cells merged sideways. ``notes``: rule and Chinese sentence of what is odd about the sheet and was read all the same.
    ``longer``: numbers of a text file's rows that have more cells than its headings. ``drawings``: are there pictures, text boxes or charts
    (in .xlsx)?"""

    sheet: str
    columns: list[pa.Array]
    first_row: int = 1
    from_1904: bool = False  # numbers that are days count from 1904
    filled: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int]] = field(default_factory=list)
    spans: list[tuple[int, int, int]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    longer: list[int] = field(default_factory=list)
    covered: list[tuple[int, int]] = field(default_factory=list)
    uncomputed: list[tuple[int, int]] = field(default_factory=list)
    comments: list[tuple[int, int]] = field(default_factory=list)
    drawings: bool = False

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def head(self, rows: int) -> GridRows:
        """The first rows, as lists of their cells."""
        cells = [column.slice(0, rows).to_pylist() for column in self.columns]
        return [list(row) for row in zip(*cells, strict=True)]


def grid_of(sheet: str, rows: Sequence[Sequence[object]], first_row: int = 1) -> Grid:
    """A grid of rows of any values, which may be of several lengths."""
    width = max(map(len, rows), default=0)
    if any(len(row) < width for row in rows):
        rows = [row if len(row) == width else [*row, *[None] * (width - len(row))] for row in rows]
    return Grid(sheet, [text_column([row[i] for row in rows]) for i in range(width)], first_row)


def text_column(values: list[object]) -> pa.Array:
    """Values of any kind as text; empty and blank ones as null."""
    try:
        texts = pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        known: dict[tuple[type, object], str | None] = {}
        texts = pa.array(
            [v if type(v) is str else str(v) if type(v) is int and abs(v) < _MOST else _text_of(v, known) for v in values],
            pa.string(),
        )
    return blank_as_null(texts)


def blank_as_null(texts: pa.Array) -> pa.Array:
    """Text, null where it is empty or blank."""
    if not len(texts):
        return texts
    # Nearly all cells begin with a byte that begins no blank, and the slower search is not for them.
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32, count=texts.offset + len(texts) + 1)[texts.offset :]
    data = np.frombuffer(texts.buffers()[2] or b"\0", dtype=np.uint8)
    blank = offsets[1:] == offsets[:-1]  # empty or null
    doubtful = _BEGINS_A_BLANK[data[np.minimum(offsets[:-1], len(data) - 1)]] & ~blank
    if doubtful.any():
        found = pc.match_substring_regex(texts.filter(pa.array(doubtful)), _BLANK_CELL)
        blank[doubtful] = found.to_numpy(zero_copy_only=False)
    return pc.if_else(pa.array(blank), pa.scalar(None, pa.string()), texts) if blank.any() else texts


def _text_of(value: object, known: dict[tuple[type, object], str | None]) -> str | None:
    key = (type(value), value)
    if key not in known:
        known[key] = cell_text(value)
    return known[key]


def cell_text(value: object) -> str | None:
    """A cell as text. Whole numbers lose their '.0'; numbers past 15 digits come as 15 truncated digits with an
    exponent, because a spreadsheet keeps no more: 451228201001010012 -> '4.51228201001010E+17'."""
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float | int):
        if not math.isfinite(value):  # what computing left behind
            return None
        if abs(value) < _MOST:
            return str(int(value)) if value == int(value) else repr(value)
        return _fifteen_digits(float(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if value is not None else None


def _fifteen_digits(value: float) -> str:
    if value < 0:
        return f"-{_fifteen_digits(-value)}"
    shown = f"{value:.14E}"
    digits = shown[0] + shown[2:16]
    exponent = int(shown.partition("E")[2])
    if float(shown) != value:  # rounded to a multiple of 64 by a program, not typed: its own digits hold further
        digits = str(int(value))[:15]
    return f"{digits[0]}.{digits[1:]}E+{exponent}"


def filled_rows(columns: Iterable[pa.Array]) -> pa.Array:
    """Per row whether any cell holds something."""
    some: pa.Array | None = None
    for column in columns:
        some = column.is_valid() if some is None else pc.or_(some, column.is_valid())
    return some if some is not None else pa.array([], pa.bool_())
