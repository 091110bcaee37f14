"""The data rows of a list, a row at a time, each as high as its longest text needs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.dimensions import RowDimension

from reports.looks import Look, clean, text_lines

Value = str | int | float | date | None

_LINE, _MARGIN, _TALLEST = 12.5, 5.0, 409.0  # points; Excel allows no taller row

_serial = lru_cache(maxsize=4096)(to_excel)


class _GrowingRow(RowDimension):
    """A row whose height is a proposal: it grows with what an officer fills in."""

    customHeight = False


class _Cell:
    """What openpyxl's writer asks of a cell, and no more: its own takes thrice as long for each of some hundred thousand cells."""

    __slots__ = ("_value", "coordinate", "data_type", "style_id")
    has_style = True
    hyperlink = None
    _comment = None

    def __init__(self, coordinate: str, value: Value, style_id: int) -> None:
        self.coordinate = coordinate
        self.style_id = style_id
        if isinstance(value, str):
            self._value: Value = value
            self.data_type = "s"  # never a formula or an error value
        elif isinstance(value, date):
            self._value = _serial(value)
            self.data_type = "n"
        else:
            self._value = value
            self.data_type = "b" if isinstance(value, bool) else "n"


@dataclass(frozen=True, slots=True)
class Filled:
    """A column of a list: its values from top to bottom, how they look, and the half-width characters that fit a line.
    ``shaded``: how those look that stand in a shaded row."""

    values: Sequence[Value]
    look: Look
    width: int
    shaded: Look | None = None


def append_rows(sheet: WriteOnlyWorksheet, columns: Sequence[Filled], first: int, shaded: Sequence[bool] = ()) -> None:
    """Append the rows to ``sheet``, the first being row number ``first``. Not every program works out heights on opening.
    ``shaded``: row by row, whether it is; none where empty."""
    letters = [get_column_letter(place) for place in range(1, len(columns) + 1)]
    plain = [column.look for column in columns]
    other = [column.shaded or column.look for column in columns]
    widths = [column.width for column in columns]
    with _cells_as_they_are(sheet):
        for number, row in enumerate(zip(*(column.values for column in columns), strict=True), first):
            looks = other if shaded and shaded[number - first] else plain
            cells, lines = [], 1
            for value, letter, look, width in zip(row, letters, looks, widths, strict=True):
                if isinstance(value, str):
                    value = clean(value)
                    lines = max(lines, text_lines(value, width))
                    value = value or None  # an empty text would be a text cell without its text
                cells.append(_Cell(f"{letter}{number}", value, look.of(value).number))
            sheet.row_dimensions[number] = _GrowingRow(sheet, index=number, ht=min(_LINE * lines + _MARGIN, _TALLEST))
            sheet.append(cells)
            del sheet.row_dimensions[number]


@contextmanager
def _cells_as_they_are(sheet: WriteOnlyWorksheet) -> Iterator[None]:
    """What is appended is cells already: openpyxl would first try each as a value."""
    sheet._values_to_row = lambda cells, _: cells
    try:
        yield
    finally:
        del sheet._values_to_row
