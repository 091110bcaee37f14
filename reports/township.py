"""A township's workbook: what is to be done comes first."""

from datetime import date

from reports.answer_listings import ABSENT_SHEET, FOUND_SHEET, RECEIPT_SHEET, WAITING_SHEET
from reports.book import FilledSheet, PrintedPage
from reports.cover import cover, township_tables
from reports.figures import Area, Figures
from reports.indicator_sheet import indicators_sheet
from reports.list_rows import RunLists
from reports.list_sheets import list_sheet, sheet_to_report
from reports.listings import CHANGES_SHEET, SHEETS_TO_ANSWER
from reports.place_sheets import villages_sheet
from schemas.settings import Settings


def township_sheets(
    name: str, as_of: date, run: RunLists, figures: Figures, settings: Settings
) -> tuple[FilledSheet | PrintedPage, ...]:
    """The sheets in their order: the cover, the lists to be worked through, what has changed, how things stand."""
    lists = run.township(name)
    return (
        cover(name, as_of, township_tables(lists), settings, county=False),
        *(list_sheet(lists, sheet.title, name, as_of, settings) for sheet in SHEETS_TO_ANSWER),
        *(sheet_to_report(sheet, name, as_of) for sheet in (ABSENT_SHEET, FOUND_SHEET)),
        list_sheet(lists, WAITING_SHEET.title, name, as_of, settings),
        list_sheet(lists, RECEIPT_SHEET.title, name, as_of, settings),
        list_sheet(lists, CHANGES_SHEET.title, name, as_of, settings, all_new=run.first_night),
        indicators_sheet(figures.of(Area("township", name)), name, as_of, settings),
        villages_sheet(figures, name, as_of, name, settings),
    )
