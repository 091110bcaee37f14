"""One workbook for each office of what it is to correct in its own system, and of what has become of what it sent back."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from reports.answer_listings import CORRECTIONS_SHEET, RECEIPT_SHEET
from reports.book import Book
from reports.list_rows import AreaLists
from reports.list_sheets import list_sheet
from reports.offices import OFFICES_FOLDER
from schemas.settings import Settings


def correction_books(lists: AreaLists, out: Path, as_of: date, settings: Settings) -> list[Book]:
    """A workbook for each office that has something to correct or has sent something back, to be written into ``out``/退回各单位.
    ``lists``: the county's."""
    books = []
    for keeper in settings.offices:
        own = {
            sheet.title: lists.frames[sheet.title].filter(pc.equal(lists.frames[sheet.title][whose], keeper))
            for sheet, whose in ((CORRECTIONS_SHEET, "keeper"), (RECEIPT_SHEET, "sender"))
        }
        if any(frame.num_rows for frame in own.values()):
            # The receipt only where there is one; the list always, so that a returned file is known by it.
            titles = [title for title, frame in own.items() if frame.num_rows or title == CORRECTIONS_SHEET.title]
            sheets = tuple(list_sheet(_of(lists, own), title, keeper, as_of, settings) for title in titles)
            books.append(Book(out / OFFICES_FOLDER / f"{keeper}_更正清单_{as_of:%Y%m%d}.xlsx", sheets, as_of))
    return books


def _of(lists: AreaLists, frames: dict[str, pa.Table]) -> AreaLists:
    return AreaLists(lists.sheets, frames, lists.cohort, {})
