"""What sheets of rows and printed pages have in common: the sheet of paper, the width of a column, one cell."""

from collections.abc import Sequence

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports.book.declare import CONFIDENTIAL, CellValue

_A4 = 9
_SIDE = 0.35  # inches
_PRINTED_WIDTH = (11.69 - 2 * _SIDE) * 96  # pixels across a sheet of A4 landscape, without its margins
_PIXELS = 7  # of a half-width character in the default font; Excel counts a column's width in these
_OTHER_FONT = 1.4  # LibreOffice and WPS make columns so much wider where the default font is not installed


def set_up_paper(sheet: Worksheet, area: str, header: str, note: str = CONFIDENTIAL) -> None:
    """A4 landscape, one page wide; who it belongs to and the page number on every page."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=_SIDE, right=_SIDE, top=0.6, bottom=0.6)
    if header:
        sheet.set_header(f"&C{_escaped(header)}", {"margin": 0.25})
    sheet.set_footer(f"&L{_escaped(area)}&C第 &P 页，共 &N 页&R{note}", {"margin": 0.25})


def print_scale(widths: Sequence[float]) -> int:
    """In per cent, the scale at which columns so wide fit on the paper of ``set_up_paper``, also where the font is missing; 100 at most."""
    return min(100, int(100 * _PRINTED_WIDTH / (sum(widths) * _PIXELS * _OTHER_FONT)))


def set_width(sheet: Worksheet, column: int, width: float, *, hidden: bool = False) -> None:
    """Make a column ``width`` half-width characters wide."""
    sheet.set_column_pixels(column, column, round(width * _PIXELS), None, {"hidden": hidden})


def write_value(sheet: Worksheet, row: int, column: int, value: CellValue, cell_format: Format) -> None:
    """Write one cell, by what its value is; text is never a formula, a number or a link, days come as numbers."""
    if value is None:
        sheet.write_blank(row, column, None, cell_format)
    elif not isinstance(value, str):
        sheet.write_number(row, column, value, cell_format)
    elif value.startswith("<r>"):
        # XlsxWriter takes text between <r> and </r> for runs that are marked up already; in two runs it is text again.
        sheet.write_rich_string(row, column, cell_format, value[:1], cell_format, value[1:], cell_format)
    else:
        sheet.write_string(row, column, value, cell_format)


def _escaped(text: str) -> str:
    return text.replace("&", "&&")
