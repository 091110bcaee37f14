"""The page of a weekly report, line by line: headings, lines, small tables of figures and boxes to write in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from reports.book import (
    BLUE,
    DARK_RED,
    GENERAL,
    GREEN_FILL,
    GREEN_TEXT,
    GREY,
    RED_FILL,
    RED_TEXT,
    CellValue,
    Look,
    PageGap,
    PageLine,
    PageRow,
    PrintedPage,
)

Mark = Literal["good", "bad", "red", "black"]

_LABEL, _REST = 20, 80  # half-width characters of the first column, and of all the others together
_ROW = 15  # points
_TITLE = Look(bold=True, size=18, centred=True, boxed=False)
_HEADING = Look(bold=True, size=12, boxed=False)
_MARKED: dict[Mark, tuple[str, str | None]] = {  # colours of the text and of the ground
    "good": (GREEN_TEXT, GREEN_FILL),
    "bad": (RED_TEXT, RED_FILL),
    "red": (DARK_RED, None),
    "black": ("FFFFFF", "000000"),
}


class WeeklyPage:
    """Collects a page from top to bottom. ``columns``: of the finest table, its label included; a figure takes ``unit`` of them where
    a row does not say."""

    def __init__(self, area: str, columns: int, unit: int) -> None:
        self._area = area
        self._widths = (_LABEL, *[_REST / (columns - 1)] * (columns - 1))
        self._unit = unit
        self._items: list[PageLine | PageRow | PageGap] = []

    def page(self) -> PrintedPage:
        """One sheet of A4 with all that was collected."""
        return PrintedPage(
            self._area, self._area, self._widths, tuple(self._items), merged=True, portrait=True, one_page=True, note="内部资料"
        )

    def title(self, text: str) -> None:
        """Add the page's title."""
        self._items.append(PageLine(text, _TITLE, 28))

    def heading(self, text: str) -> None:
        """Add the heading of a section."""
        self._items.append(PageLine(text, _HEADING, 18))

    def line(self, text: str) -> None:
        """Add a paragraph."""
        self._items.append(PageLine(text, Look(boxed=False)))

    def box(self, height: float) -> None:
        """Add an empty frame to write in, ``height`` points high."""
        self._items.append(PageLine(None, Look(), height))

    def gap(self) -> None:
        """Add an empty line."""
        self._items.append(PageGap(13))

    def headings(self, texts: Sequence[str], unit: int | None = None) -> None:
        """Add the headings of a table, the first one over its labels."""
        look = Look(bold=True, fill=BLUE, centred=True)
        self._items.append(PageRow(tuple((text, look) for text in texts), unit or self._unit))

    def row(
        self,
        label: str,
        values: Sequence[CellValue],
        *,
        unit: int | None = None,
        whole: bool = False,
        formats: Mapping[int, str] | None = None,
        marks: Mapping[int, Mark | None] | None = None,
    ) -> None:
        """Add a label and its figures. ``whole``: they are a sum; ``formats`` and ``marks``: index of a figure -> its format and mark."""
        ground = GREY if whole else None
        cells: list[tuple[CellValue, Look]] = [(label, Look(bold=whole, fill=ground))]
        for index, value in enumerate(values):
            look = Look(bold=whole, fill=ground, centred=True, number_format=(formats or {}).get(index, GENERAL))
            if mark := (marks or {}).get(index):
                colour, fill = _MARKED[mark]
                look = replace(look, bold=True, colour=colour, fill=fill or look.fill)
            cells.append((value, look))
        self._items.append(PageRow(tuple(cells), unit or self._unit, _ROW))
