"""A printed page of lines and small tables: written from top to bottom."""

from datetime import date

from xlsxwriter.worksheet import Worksheet

from reports.book.declare import CellValue, Formula, Look, PageBreak, PageGap, PageRow, PrintedPage
from reports.book.measure import FORMULA_STARTS, clean, serial, text_lines
from reports.book.paper import print_scale, set_up_paper, set_width, write_value
from reports.book.styles import Styles

_LINE, _MARGIN = 13, 2  # points


def write_page(sheet: Worksheet, page: PrintedPage, styles: Styles) -> None:
    """Write ``page`` to ``sheet``."""
    set_up_paper(sheet, page.area, page.header, page.note)
    if page.portrait:
        sheet.set_portrait()
        sheet.set_margins(left=0.35, right=0.35, top=0.35, bottom=0.5)
        sheet.center_horizontally()
        sheet.hide_gridlines(2)
    if page.one_page:
        sheet.fit_to_pages(1, 1)
    for column, width in enumerate(page.widths):
        set_width(sheet, column, width)
    items = [item for item in page.items if not isinstance(item, PageBreak)]
    if len(items) < len(page.items):
        _break_pages(sheet, page)
    for number, item in enumerate(items):
        if isinstance(item, PageGap):
            sheet.set_row(number, item.height)
        elif isinstance(item, PageRow):
            _write_row(sheet, page, number, item, styles)
        else:
            over = int(sum(page.widths)) if page.merged else 0
            sheet.set_row(number, item.height or _height([(item.text, over)]))
            last = len(page.widths) - 1 if page.merged else 0
            _write_cell(sheet, number, (0, last), item.text, item.look, styles)


def _break_pages(sheet: Worksheet, page: PrintedPage) -> None:
    """Begin a new sheet of paper where the page says so. Excel heeds no break where it fits a page's width by itself: the scale is worked out."""
    places = [place for place, item in enumerate(page.items) if isinstance(item, PageBreak)]
    sheet.set_h_pagebreaks([place - earlier for earlier, place in enumerate(places)])
    sheet.set_print_scale(print_scale(page.widths))


def _write_row(sheet: Worksheet, page: PrintedPage, number: int, row: PageRow, styles: Styles) -> None:
    areas = [(0, 0), *((1 + n * row.unit, (n + 1) * row.unit) for n in range(len(row.cells) - 1))]
    over = [int(sum(page.widths[first : last + 1])) for first, last in areas]
    sheet.set_row(number, row.height or _height([(value, w) for (value, _), w in zip(row.cells, over, strict=True)]))
    for (value, look), area in zip(row.cells, areas, strict=True):
        _write_cell(sheet, number, area, value, look, styles)


def _write_cell(
    sheet: Worksheet, row: int, area: tuple[int, int], value: CellValue | Formula, look: Look, styles: Styles
) -> None:
    """Write a value into the columns of ``area``, as one cell."""
    if isinstance(value, date):
        value = serial(value)
    if isinstance(value, str):
        value = clean(value) or None
    first, last = area
    cell_format = styles.of(look, isinstance(value, str) and value.startswith(FORMULA_STARTS))
    if last > first:
        sheet.merge_range(row, first, row, last, "", cell_format)
    if isinstance(value, Formula):
        sheet.write_formula(row, first, value.text, cell_format, value.value)
    else:
        write_value(sheet, row, first, value, cell_format)


def _height(texts: list[tuple[CellValue | Formula, int]]) -> float:
    """Points for the longest of ``texts``, each over so many half-width characters; one line where that is 0."""
    lines = [text_lines(value, width) for value, width in texts if isinstance(value, str) and width]
    return _LINE * max(lines, default=1) + _MARGIN
