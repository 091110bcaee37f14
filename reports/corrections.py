"""One workbook for each office of what it is to correct in its own system."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from reports.answer_listings import CORRECTIONS_SHEET
from reports.book import Book
from reports.list_rows import AreaLists
from reports.list_sheets import list_sheet
from reports.offices import OFFICES_FOLDER
from schemas.settings import Settings


def correction_books(lists: AreaLists, out: Path, as_of: date, settings: Settings) -> list[Book]:
    """A workbook for each office that has something to correct, to be written into ``out``/退回各单位. ``lists``: the county's."""
    frame = lists.frames[CORRECTIONS_SHEET.title]
    books = []
    for keeper in settings.offices:
        own = frame.filter(pc.equal(frame["keeper"], keeper))
        if own.num_rows:
            sheet = list_sheet(_of(lists, own), CORRECTIONS_SHEET.title, keeper, as_of, settings)
            books.append(Book(out / OFFICES_FOLDER / f"{keeper}_更正清单_{as_of:%Y%m%d}.xlsx", (sheet,), as_of))
    return books


def _of(lists: AreaLists, rows: pa.Table) -> AreaLists:
    return AreaLists(lists.sheets, {CORRECTIONS_SHEET.title: rows}, lists.cohort, lists.listed)
