"""The workbooks of one run: the lists of each township and of the county, the weekly reports, what goes back to the offices."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from reports.areas import chosen_townships
from reports.book import Book
from reports.corrections import correction_books
from reports.county import county_sheets
from reports.figures import Figures
from reports.list_rows import RunLists
from reports.roster_books import roster_books
from reports.township import township_sheets
from reports.unread_returns import unread_returns
from schemas.settings import Settings


def list_books(
    tables: Path,
    lists: RunLists,
    out: Path,
    as_of: date,
    townships: Sequence[str] | None = None,
    *,
    settings: Settings,
    missing: Sequence[str] = (),
) -> list[Book]:
    """The workbooks of the ``lists`` of the run published in ``tables``, to be written into the folder ``out``; the largest, the county's,
    first.

    ``townships`` limits them to these, without the county's; ``settings``: the county's, whose registries' titles and headings name
    what is compared; ``missing``: what the run had to do without, for the covers.
    Raises ValueError for a township the county does not have and for a list that a sheet cannot hold.
    """
    chosen = chosen_townships(townships, settings)
    figures = Figures(tables, as_of)
    books = [
        Book(
            out / f"{name}_控辍保学核查_{as_of:%Y%m%d}.xlsx",
            township_sheets(name, as_of, lists, figures, settings, missing),
            as_of,
        )
        for name in chosen
    ]
    if townships is None:
        county = out / f"{settings.county.short_name}_控辍保学汇总_{as_of:%Y%m%d}.xlsx"
        books += correction_books(lists.county(), out, as_of, settings)
        books += roster_books(lists.county(), out, as_of, settings)
        books.insert(0, Book(county, county_sheets(as_of, lists, figures, settings, unread_returns(tables), missing), as_of))
    return books
