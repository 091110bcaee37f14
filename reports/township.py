"""A township's workbook: what is to be done comes first."""

from collections.abc import Iterable, Sequence
from datetime import date

from reports.answer_listings import ABSENT_SHEET, FOUND_SHEET, RECEIPT_SHEET, VISITS_SHEET, WAITING_SHEET, WITH_OFFICE_SHEET
from reports.book import FilledSheet, PrintedPage, SheetOfRows
from reports.cover import cover
from reports.cover_tables import township_tables
from reports.figures import Area, Figures
from reports.indicator_sheet import indicators_sheet
from reports.list_rows import RunLists
from reports.list_sheets import list_sheet, sheet_to_report
from reports.listings import CHANGES_SHEET, CHILDREN_SHEET, FOR_INFORMATION_SHEET, SHEETS_TO_ANSWER
from reports.place_sheets import villages_sheet
from reports.roster_listings import HOLIDAY_SHEET, NOT_REGISTERED_SHEET
from schemas.settings import Settings

_TO_BE_READ = (NOT_REGISTERED_SHEET, FOR_INFORMATION_SHEET, WAITING_SHEET, WITH_OFFICE_SHEET, RECEIPT_SHEET)


def township_sheets(
    name: str, as_of: date, run: RunLists, figures: Figures, settings: Settings, missing: Sequence[str] = ()
) -> tuple[FilledSheet | PrintedPage, ...]:
    """The sheets in their order: the cover, the lists to be worked through, what has changed, how things stand. A list without rows is a
    line on the cover and no sheet; that of the children is always there, so that a returned file is known by it. ``missing``: of
    the cover."""
    lists = run.township(name)

    def shown(sheets: Iterable[SheetOfRows]) -> list[SheetOfRows]:
        return [sheet for sheet in sheets if sheet is CHILDREN_SHEET or lists.frames[sheet.title].num_rows]

    return (
        cover(name, as_of, township_tables(lists), settings, county=False, missing=missing),
        *(
            list_sheet(lists, sheet.title, name, as_of, settings)
            for sheet in shown((*SHEETS_TO_ANSWER, VISITS_SHEET, HOLIDAY_SHEET))
        ),
        *(sheet_to_report(sheet, name, as_of) for sheet in (ABSENT_SHEET, FOUND_SHEET)),
        *(list_sheet(lists, sheet.title, name, as_of, settings) for sheet in shown(_TO_BE_READ)),
        list_sheet(lists, CHANGES_SHEET.title, name, as_of, settings, all_new=run.first_night),
        indicators_sheet(figures.of(Area("township", name)), name, as_of, settings),
        villages_sheet(figures, name, as_of, name, settings),
    )
