"""The data rows of a list, serialised here instead of by openpyxl.

openpyxl spends ten microseconds on a cell and the county's workbooks have two million: half a minute against six
seconds this way. It still makes everything around the rows: styles, widths, filters, drop-downs, headings, the package.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from reports.looks import Look, clean, text_lines

Value = str | int | date | None

_LINE, _MARGIN, _TALLEST = 12.5, 5.0, 409.0  # points; Excel allows no taller row


@dataclass(frozen=True, slots=True)
class Filled:
    """A column of a list: its values from top to bottom, how they look, and the half-width characters that fit a line."""

    values: Sequence[Value]
    look: Look
    width: int


def serialised(columns: Sequence[Filled], first: int) -> Iterator[str]:
    """The rows as SpreadsheetML, the first being row number ``first``.

    A row is as high as its longest text needs (not every program works that out on opening) but not fixed at that, so
    that it grows with the answers.
    """
    writers = [_writer(get_column_letter(place), column) for place, column in enumerate(columns, 1)]
    for number, row in enumerate(zip(*(column.values for column in columns), strict=True), first):
        cells, lines = zip(*(write(value, number) for write, value in zip(writers, row, strict=True)), strict=True)
        height = min(_LINE * max(lines) + _MARGIN, _TALLEST)
        yield f'<row r="{number}" ht="{height}">{"".join(cells)}</row>'


def _writer(letter: str, column: Filled) -> Callable[[Value, int], tuple[str, int]]:
    """How a value of the column ``letter`` is written in a row, and its lines; all but the row number is kept by value."""
    known: dict[Value, tuple[str, int]] = {}

    def write(value: Value, number: int) -> tuple[str, int]:
        if (kept := known.get(value)) is None:
            lines = text_lines(value, column.width) if isinstance(value, str) else 1
            kept = known[value] = _after_address(value, column.look), lines
        return f'<c r="{letter}{number}{kept[0]}', kept[1]

    return write


def _after_address(value: Value, its: Look) -> str:
    if isinstance(value, str):
        value = clean(value)
    style = its.of(value).number
    if value is None or value == "":
        return f'" s="{style}"/>'
    if isinstance(value, str):
        return f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    number = to_excel(value) if isinstance(value, date) else value
    return f'" s="{style}"><v>{number}</v></c>'
