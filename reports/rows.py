"""The data rows of a list, a row at a time, each as high as its longest text needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from openpyxl.cell import Cell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.dimensions import RowDimension

from reports.looks import Look, clean, text_lines

Value = str | int | date | None

_LINE, _MARGIN, _TALLEST = 12.5, 5.0, 409.0  # points; Excel allows no taller row


class _GrowingRow(RowDimension):
    """A row whose height is a proposal: it grows with what an officer fills in."""

    customHeight = False


@dataclass(frozen=True, slots=True)
class Filled:
    """A column of a list: its values from top to bottom, how they look, and the half-width characters that fit a line."""

    values: Sequence[Value]
    look: Look
    width: int


def append_rows(sheet: WriteOnlyWorksheet, columns: Sequence[Filled], first: int) -> None:
    """Append the rows to ``sheet``, the first being row number ``first``. Not every program works out heights on opening."""
    for number, row in enumerate(zip(*(column.values for column in columns), strict=True), first):
        cells, lines = [], 1
        for value, column in zip(row, columns, strict=True):
            text = isinstance(value, str)
            if text:
                value = clean(value)
                lines = max(lines, text_lines(value, column.width))
            made = Cell(sheet, 1, 1, value, column.look.of(value).array)
            if text:
                made.data_type = "s"  # never a formula or an error value
            cells.append(made)
        sheet.row_dimensions[number] = _GrowingRow(sheet, index=number, ht=min(_LINE * lines + _MARGIN, _TALLEST))
        sheet.append(cells)
        del sheet.row_dimensions[number]
