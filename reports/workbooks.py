"""The workbooks of one run: the lists of each township and of the county, the weekly reports, what goes back to the offices."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from reports.areas import COUNTY_SHORT_NAME, chosen_townships
from reports.book import Book
from reports.county import county_sheets
from reports.figures import Figures
from reports.list_rows import read_lists
from reports.township import township_sheets
from schemas.registry import Registry


def list_books(
    tables: Path,
    out: Path,
    as_of: date,
    townships: Sequence[str] | None = None,
    *,
    registries: Mapping[str, Registry],
) -> list[Book]:
    """The workbooks of lists of the run published in ``tables``, to be written into the folder ``out``; the largest, the county's, first.

    ``townships`` limits them to these, without the county's; ``registries`` by their keys, the core ones first: their titles and
    headings name what is compared. Raises ValueError for a township the county does not have, for a code that ``schemas`` does not
    know and for a list that a sheet cannot hold.
    """
    chosen = chosen_townships(townships)
    figures = Figures(tables, as_of)
    run = read_lists(tables, as_of, registries)
    books = [
        Book(out / f"{name}_控辍保学核查_{as_of:%Y%m%d}.xlsx", township_sheets(name, as_of, run, figures), as_of)
        for name in chosen
    ]
    if townships is None:
        books.insert(
            0, Book(out / f"{COUNTY_SHORT_NAME}_控辍保学汇总_{as_of:%Y%m%d}.xlsx", county_sheets(as_of, run, figures), as_of)
        )
    return books
