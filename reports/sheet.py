"""One list as a sheet that can be filtered, filled in and printed."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

import pyarrow as pa
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from reports.listings import AskedColumn, CellKind, SheetOfRows, ShownColumn
from reports.looks import BLUE, DATE_FORMAT, DEEP_YELLOW, GENERAL, GREY, TEXT_FORMAT, YELLOW, cell, look, text_lines, text_width
from reports.rows import Filled, Value, append_rows

CHOICES_SHEET = "选项"
MAX_ROWS = 1_048_575  # a sheet's rows less the heading

_MAX_INLINE = 255  # characters of a drop-down's list inside its formula
_NUMBER_WIDTH = 5
_DATE_WIDTH = 10
_PADDING = 1.5
_HEADING_LINE = 14  # points
_A_YEAR = timedelta(days=365)
_FORMATS: dict[CellKind, str] = {"text": GENERAL, "id": TEXT_FORMAT, "date": DATE_FORMAT, "number": GENERAL}
_CENTRED: tuple[CellKind, ...] = ("date", "number")


class Choices:
    """The drop-down lists of a workbook; those too long for a formula go to a hidden sheet, a column each."""

    def __init__(self) -> None:
        self._long: list[tuple[str, ...]] = []

    def formula(self, choices: tuple[str, ...]) -> str:
        """What the drop-down's validation refers to."""
        inline = ",".join(choices)
        if len(inline) + 2 <= _MAX_INLINE and not any(mark in choice for choice in choices for mark in ',"'):
            return f'"{inline}"'
        if choices not in self._long:
            self._long.append(choices)
        letter = get_column_letter(self._long.index(choices) + 1)
        return f"'{CHOICES_SHEET}'!${letter}$1:${letter}${len(choices)}"

    def write(self, book: Workbook) -> None:
        """Add the hidden sheet, if any list needs it; call when all other sheets are there."""
        if not self._long:
            return
        sheet = book.create_sheet(CHOICES_SHEET)
        sheet.sheet_state = "hidden"
        plain = look(sheet, boxed=False)
        for row in range(max(map(len, self._long))):
            sheet.append([cell(sheet, choices[row] if row < len(choices) else None, plain) for choices in self._long])


def write_list(book: Workbook, listing: SheetOfRows, frame: pa.Table, area: str, as_of: date, choices: Choices) -> None:
    """Add the sheet of ``listing`` with its headings and the rows of ``frame`` in their order."""
    sheet = book.create_sheet(listing.title)
    set_up_page(sheet, area, f"{area} {listing.title}（比对日期 {as_of.isoformat()}）")
    if not frame.num_rows:
        sheet.column_dimensions["A"].width = 60
        sheet.append([cell(sheet, listing.empty, look(sheet, bold=True, size=12, boxed=False))])
        return
    columns = _columns(sheet, listing, frame)
    _lay_out(sheet, listing, columns)
    _add_validations(sheet, listing, frame.num_rows, as_of, choices)
    _head(sheet, listing)
    append_rows(sheet, columns, first=2, shaded=_every_other(frame[listing.grouped_by]) if listing.grouped_by else ())


def set_up_page(sheet: WriteOnlyWorksheet, area: str, header: str) -> None:
    """A4 landscape, one page wide; who it belongs to and the page number on every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.35
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.page_margins.header = sheet.page_margins.footer = 0.25
    if header:
        sheet.HeaderFooter.oddHeader.center.text = header
    footer = sheet.HeaderFooter.oddFooter
    footer.left.text = area
    footer.center.text = "第 &P 页，共 &N 页"
    footer.right.text = "含未成年人个人信息，不得外传"


def _columns(sheet: WriteOnlyWorksheet, listing: SheetOfRows, frame: pa.Table) -> list[Filled]:
    """The running number, the list's fields and its empty answers."""
    plain, grey = (
        {kind: look(sheet, number_format=form, centred=kind in _CENTRED, fill=fill) for kind, form in _FORMATS.items()}
        for fill in (None, GREY)
    )
    columns = [Filled(range(1, frame.num_rows + 1), plain["number"], _NUMBER_WIDTH, grey["number"])]
    for column in listing.columns:
        values = frame[column.field].to_pylist()
        columns.append(Filled(values, plain[column.kind], _width(column, values), grey[column.kind]))
    for answer in listing.answers:
        its = look(sheet, fill=YELLOW, number_format=_FORMATS[answer.kind])
        columns.append(Filled([None] * frame.num_rows, its, _width(answer, ())))
    return columns


def _every_other(groups: pa.ChunkedArray) -> list[bool]:
    """Row by row, does it belong to the second, fourth, sixth … run of equal values?"""
    runs = groupby(groups.to_pylist())
    return [number % 2 == 1 for number, (_, rows) in enumerate(runs) for _ in rows]


def _lay_out(sheet: WriteOnlyWorksheet, listing: SheetOfRows, columns: Sequence[Filled]) -> None:
    """Widths, frozen panes, filter, repeated heading; a stream of rows wants all of it first."""
    headings = [column.heading for column in listing.columns] + [answer.heading for answer in listing.answers]
    letters = [get_column_letter(place) for place in range(1, len(columns) + 1)]
    for letter, filled in zip(letters, columns, strict=True):
        sheet.column_dimensions[letter].width = filled.width + _PADDING
    for letter, column in zip(letters[1:], listing.columns, strict=False):
        sheet.column_dimensions[letter].hidden = column.hidden
    lines = max(text_lines(heading, filled.width) for heading, filled in zip(headings, columns[1:], strict=True))
    sheet.row_dimensions[1].height = _HEADING_LINE * lines + 4
    sheet.freeze_panes = f"{letters[listing.frozen]}2"
    sheet.auto_filter.ref = f"A1:{letters[-1]}{len(columns[0].values) + 1}"
    sheet.print_title_rows = "1:1"
    if listing.pages > 1:
        sheet.page_setup.fitToWidth = listing.pages
        sheet.page_setup.pageOrder = "overThenDown"
        sheet.print_title_cols = f"A:{letters[listing.frozen - 1]}"


def _width(column: ShownColumn | AskedColumn, values: Sequence[Value]) -> int:
    """Half-width characters for a column: its longest text up to ``widest``, and its heading on two lines."""
    on_a_line = text_width(column.heading)
    heading = on_a_line if "\n" in column.heading else max(4, 2 * -(-on_a_line // 4))
    if column.kind == "date":
        return max(_DATE_WIDTH, heading)
    if isinstance(column, AskedColumn):
        return max(column.widest, heading)
    longest = max((text_width(value) for value in set(values) if isinstance(value, str)), default=0)
    return max(min(longest, column.widest), heading)


def _add_validations(sheet: WriteOnlyWorksheet, listing: SheetOfRows, rows: int, as_of: date, choices: Choices) -> None:
    """Drop-downs and date checks on every data row of the answer columns that have them."""
    for place, answer in enumerate(listing.answers, 2 + len(listing.columns)):
        if answer.choices:
            check = DataValidation(type="list", formula1=choices.formula(answer.choices), allow_blank=True)
            check.error = "请从下拉列表中选择。"
        elif answer.kind == "date":
            # A year either way: wide enough for any honest answer, narrow enough to catch a mistyped year.
            first, last = (str(int(to_excel(as_of + _A_YEAR * sign))) for sign in (-1, 1))
            check = DataValidation(type="date", operator="between", allow_blank=True, formula1=first, formula2=last)
            check.error = f"请填写日期，如 {as_of.isoformat()}。"
        else:
            continue
        check.errorTitle = answer.question
        check.showErrorMessage = True
        letter = get_column_letter(place)
        check.add(f"{letter}2:{letter}{rows + 1}")
        sheet.data_validations.append(check)


def _head(sheet: WriteOnlyWorksheet, listing: SheetOfRows) -> None:
    heading = look(sheet, bold=True, fill=BLUE, centred=True)
    to_fill_in = look(sheet, bold=True, fill=DEEP_YELLOW, centred=True)
    sheet.append(
        [
            cell(sheet, "序号", heading),
            *(cell(sheet, column.heading, heading) for column in listing.columns),
            *(cell(sheet, answer.heading, to_fill_in) for answer in listing.answers),
        ]
    )
