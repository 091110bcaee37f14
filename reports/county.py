"""The county's workbook: how things stand comes first."""

from collections.abc import Sequence
from datetime import date

from reports.answer_listings import ACCEPTANCE_SHEET, OFF_LIST_SHEET, RECEIPT_SHEET, WITH_OFFICE_SHEET
from reports.book import FilledSheet, PrintedPage
from reports.cover import cover
from reports.cover_tables import county_tables
from reports.figures import Area, Figures
from reports.indicator_sheet import indicators_sheet
from reports.joining_listing import JOINING_SHEET
from reports.list_rows import RunLists
from reports.list_sheets import list_sheet
from reports.listings import CHANGES_SHEET, SHEETS_TO_ANSWER
from reports.place_sheets import schools_sheet, townships_sheet, villages_sheet
from reports.roster_listings import CLASS_SHEET
from schemas.settings import Settings


def county_sheets(
    as_of: date, run: RunLists, figures: Figures, settings: Settings, unread: Sequence[str] = (), missing: Sequence[str] = ()
) -> tuple[FilledSheet | PrintedPage, ...]:
    """The sheets in their order: the cover, the indicators, what has changed, all lists. ``unread``, ``missing``: of
    the cover."""
    area, lists = settings.county.short_name, run.county()
    return (
        cover(area, as_of, county_tables(lists, settings), settings, county=True, unread=unread, missing=missing),
        indicators_sheet(figures.of(Area("county")), area, as_of, settings),
        townships_sheet(figures, as_of, settings),
        villages_sheet(figures, area, as_of, None, settings),
        schools_sheet(figures, as_of, settings),
        list_sheet(lists, ACCEPTANCE_SHEET.title, area, as_of, settings),
        list_sheet(lists, JOINING_SHEET.title, area, as_of, settings),
        list_sheet(lists, OFF_LIST_SHEET.title, area, as_of, settings),
        *(
            list_sheet(lists, sheet.title, area, as_of, settings)
            for sheet in (WITH_OFFICE_SHEET, CLASS_SHEET)
            if lists.frames[sheet.title].num_rows
        ),
        list_sheet(lists, RECEIPT_SHEET.title, area, as_of, settings),
        list_sheet(lists, CHANGES_SHEET.title, area, as_of, settings, all_new=run.first_night),
        *(list_sheet(lists, sheet.title, area, as_of, settings) for sheet in SHEETS_TO_ANSWER),
    )
