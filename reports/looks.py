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

# A cell's text that begins so would be read as a formula, by Excel or by whatever the file is pasted into.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

TEXT, DATE, GENERAL = "@", "yyyy-mm-dd", "General"
YELLOW, DEEP_YELLOW, BLUE = "FFFFE5", "FFE699", "DDEBF7"

_LINE = Side(style="thin", color="A6A6A6")
_FONT = "宋体"


@dataclass(frozen=True, slots=True)
class Look:
    """One look of a cell; ``quoted`` is the same with the mark that keeps Excel from reading a formula."""

    plain: StyleArray
    quoted: StyleArray


def look(
    sheet: WriteOnlyWorksheet, *, bold: bool = False, size: int = 10, colour: str = "000000", fill: str | None = None,
    boxed: bool = True, centred: bool = False, number_format: str = GENERAL,
) -> Look:
    """Register a look with the sheet's workbook, once, so that its cells can share it."""
    model = WriteOnlyCell(sheet)
    model.font = Font(name=_FONT, size=size, bold=bold, color=colour)
    model.alignment = Alignment(horizontal="center" if centred else "left", vertical="center", wrap_text=True)
    if fill:
        model.fill = PatternFill("solid", fgColor=fill)
    if boxed:
        model.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    model.number_format = number_format
    quoted = WriteOnlyCell(sheet)
    quoted._style = StyleArray(model._style)
    quoted.quotePrefix = True
    return Look(model._style, quoted._style)


def cell(sheet: WriteOnlyWorksheet, value: str | int | date | None, look: Look) -> Cell:
    """A cell to be appended; text is never a formula or an error value, and holds nothing that XML forbids."""
    if not isinstance(value, str):
        return Cell(sheet, 1, 1, value, look.plain)
    if not value.isprintable():
        value = _FORBIDDEN.sub("", value)
    made = Cell(sheet, 1, 1, value, look.quoted if value.startswith(_FORMULA_STARTS) else look.plain)
    made.data_type = "s"
    return made


def text_width(text: str) -> int:
    """Half-width characters the longest line of ``text`` takes; a Chinese character counts two."""
    if "\n" in text:
        return max(map(text_width, text.split("\n")))
    return (len(text) + len(text.encode())) // 2
