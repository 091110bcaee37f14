"""How cells look, and how a value becomes a cell: text stays text whatever it begins with."""

import re
from dataclasses import dataclass
from datetime import date

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

# What XML 1.0 forbids; one such character and Excel calls the whole workbook damaged.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 32_767  # characters in a cell

# Text that begins so would be read as a formula, by Excel or by whatever the cell is pasted into; a line feed is what
# ``clean`` leaves of a carriage return.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\n")

TEXT_FORMAT, DATE_FORMAT, GENERAL, PERCENT = "@", "yyyy-mm-dd", "General", "0.00%"
YELLOW, DEEP_YELLOW, BLUE, GREY = "FFFFE5", "FFE699", "DDEBF7", "EDEDED"
GREEN_FILL, RED_FILL, GREEN_TEXT, RED_TEXT = "E2EFDA", "FCE4E4", "006100", "9C0006"
HONOUR = "C00000"  # of the red list, which praises
GREEN_BAR, YELLOW_BAR, RED_BAR = "8FD19E", "FFEB84", "F8A59D"

_LINE = Side(style="thin", color="A6A6A6")
_FONT = "宋体"


@dataclass(frozen=True, slots=True)
class Style:
    """A style as registered with a workbook: openpyxl's array and the number the file knows it by."""

    array: StyleArray
    number: int


@dataclass(frozen=True, slots=True)
class Look:
    """One look of a cell; ``quoted`` is the same with the mark that keeps Excel from reading a formula."""

    plain: Style
    quoted: Style

    def of(self, value: object) -> Style:
        """The style for ``value``, cleaned, in this look."""
        return self.quoted if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else self.plain


def look(
    sheet: WriteOnlyWorksheet,
    *,
    bold: bool = False,
    size: int = 10,
    colour: str = "000000",
    fill: str | None = None,
    boxed: bool = True,
    centred: bool = False,
    wrapped: bool = True,
    number_format: str = GENERAL,
) -> Look:
    """Register a look with the sheet's workbook, once, so that its cells can share it."""
    model = WriteOnlyCell(sheet)
    model.font = Font(name=_FONT, size=size, bold=bold, color=colour)
    model.alignment = Alignment(horizontal="center" if centred else "left", vertical="center", wrap_text=wrapped)
    if fill:
        model.fill = PatternFill("solid", fgColor=fill)
    if boxed:
        model.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    model.number_format = number_format
    quoted = Cell(sheet, style_array=model._style)
    quoted.quotePrefix = True
    return Look(Style(model._style, model.style_id), Style(quoted._style, quoted.style_id))


def clean(text: str) -> str:
    """``text`` as a cell can hold it: without what XML forbids, cut where Excel would refuse it."""
    if not text.isprintable():
        text = _FORBIDDEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return text[:_LONGEST]


def cell(sheet: WriteOnlyWorksheet, value: str | int | float | date | None, its: Look) -> Cell:
    """A cell to be appended to ``sheet``; text is never a formula or an error value."""
    if isinstance(value, str):
        value = clean(value) or None
    made = Cell(sheet, 1, 1, value, its.of(value).array)
    if isinstance(value, str):
        made.data_type = "s"
    return made


def text_width(text: str) -> int:
    """Half-width characters the longest line of ``text`` takes; a Chinese character counts two."""
    if "\n" in text:
        return max(map(text_width, text.split("\n")))
    return (len(text) + len(text.encode())) // 2


def text_lines(text: str, width: int) -> int:
    """Lines that ``text`` takes where ``width`` half-width characters go on one; words and numbers do not break evenly."""
    return sum(1 if (taken := text_width(line)) <= width else -(-11 * taken // (10 * width)) for line in text.split("\n"))
