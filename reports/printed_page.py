"""A printed page of lines and small tables: one sheet of A4, whatever is on it, written from top to bottom."""

from collections.abc import Mapping, Sequence
from typing import Literal

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from reports.looks import BLUE, GENERAL, GREEN_FILL, GREEN_TEXT, GREY, HONOUR, RED_FILL, RED_TEXT, Look, cell, look, text_lines
from reports.rows import Value
from reports.sheet import set_up_page

Mark = Literal["good", "bad", "red", "black"]

_LABEL, _REST = 20, 80  # half-width characters of the first column, and of all the others together
_LINE, _MARGIN, _TITLE, _HEADING = 13, 2, 28, 18  # points; the county's page is the tall one
_MARKS: dict[str, dict[str, object]] = {
    "good": {"colour": GREEN_TEXT, "fill": GREEN_FILL},
    "bad": {"colour": RED_TEXT, "fill": RED_FILL},
    "red": {"colour": HONOUR},
    "black": {"colour": "FFFFFF", "fill": "000000"},
}


class Page:
    """``columns``: of the finest table, its label included; a figure takes ``unit`` of them where a row does not say."""

    def __init__(self, book: Workbook, area: str, columns: int, unit: int) -> None:
        sheet = book.create_sheet(area)
        set_up_page(sheet, area, "")
        sheet.page_setup.orientation = "portrait"
        sheet.page_setup.fitToHeight = 1
        sheet.page_margins.top, sheet.page_margins.bottom = 0.35, 0.5
        sheet.print_options.horizontalCentered = True
        sheet.HeaderFooter.oddFooter.right.text = "内部资料"
        sheet.sheet_view.showGridLines = False
        self._columns = columns
        self._last = get_column_letter(columns)
        self._width = _REST / (columns - 1)
        for place in range(1, columns + 1):
            sheet.column_dimensions[get_column_letter(place)].width = _LABEL if place == 1 else self._width
        sheet.merged_cells = []  # a list keeps their order; openpyxl's own is a set
        self._sheet = sheet
        self._unit = unit
        self._next = 1
        self._looks: dict[tuple[object, ...], Look] = {}

    def title(self, text: str) -> None:
        self._across(text, _TITLE, bold=True, size=18, centred=True)

    def heading(self, text: str) -> None:
        self._across(text, _HEADING, bold=True, size=12)

    def line(self, text: str) -> None:
        self._across(text, _LINE * text_lines(text, _LABEL + _REST) + _MARGIN)

    def box(self, height: float) -> None:
        """An empty frame to write in."""
        self._sheet.merged_cells.append(f"A{self._next}:{self._last}{self._next}")
        self._append([(None, self._look())] * self._columns, height)

    def gap(self) -> None:
        self._append([], _LINE)

    def headings(self, texts: Sequence[str], unit: int | None = None) -> None:
        width = int(self._width * (unit or self._unit))
        lines = max(text_lines(text, width) for text in texts)
        self._table_row([(text, self._look(bold=True, fill=BLUE, centred=True)) for text in texts], unit, _LINE * lines + _MARGIN)

    def row(
        self,
        label: str,
        values: Sequence[Value],
        *,
        unit: int | None = None,
        whole: bool = False,
        formats: Mapping[int, str] | None = None,
        marks: Mapping[int, Mark | None] | None = None,
    ) -> None:
        """A label and its figures; ``whole``: a sum; ``formats`` and ``marks`` by the figure's place."""
        ground: dict[str, object] = {"bold": True, "fill": GREY} if whole else {}
        cells: list[tuple[Value, Look]] = [(label, self._look(**ground))]
        for place, value in enumerate(values):
            its = ground | {"centred": True, "number_format": (formats or {}).get(place, GENERAL)}
            if mark := (marks or {}).get(place):
                its |= {"bold": True} | _MARKS[mark]
            cells.append((value, self._look(**its)))
        self._table_row(cells, unit, _LINE + _MARGIN)

    def _look(self, **its: object) -> Look:
        key = tuple(sorted(its.items()))
        if key not in self._looks:
            self._looks[key] = look(self._sheet, **its)  # type: ignore[arg-type]
        return self._looks[key]

    def _across(self, text: str, height: float, **its: object) -> None:
        self._sheet.merged_cells.append(f"A{self._next}:{self._last}{self._next}")
        self._append([(text, self._look(boxed=False, **its))], height)

    def _table_row(self, cells: Sequence[tuple[Value, Look]], unit: int | None, height: float) -> None:
        """The label, then each figure over as many columns as it takes."""
        wide = unit or self._unit
        spread = [cells[0]]
        for value, its in cells[1:]:
            if wide > 1:
                first, last = get_column_letter(len(spread) + 1), get_column_letter(len(spread) + wide)
                self._sheet.merged_cells.append(f"{first}{self._next}:{last}{self._next}")
            spread += [(value, its), *[(None, its)] * (wide - 1)]
        self._append(spread, height)

    def _append(self, cells: Sequence[tuple[Value, Look]], height: float) -> None:
        self._sheet.row_dimensions[self._next].height = height
        self._sheet.append([cell(self._sheet, value, its) for value, its in cells])
        self._next += 1
