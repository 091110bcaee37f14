"""The workbooks of one run: one per township, one for the county."""

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from reports.areas import COUNTY_SHORT_NAME, chosen_townships
from reports.book import Book, write_books
from reports.county import county_sheets
from reports.figures import Figures
from reports.list_rows import read_lists
from reports.township import township_sheets
from schemas.registry import Registry


def write_workbooks(
    tables: Path,
    out: Path,
    as_of: date,
    townships: Sequence[str] | None = None,
    *,
    registries: Mapping[str, Registry],
) -> list[Path]:
    """Write the workbooks of the run published in ``tables`` into the folder ``out`` and return their paths.

    ``townships`` limits them to these, without the county's; ``registries`` by their keys, the core ones first: their titles and
    headings name what is compared. Raises ValueError for a township the county does not have, for a code that ``schemas`` does not
    know and for a list that a sheet cannot hold.
    """
    chosen = chosen_townships(townships)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chmod(out, 0o700)
    figures = Figures(tables, as_of)
    run = read_lists(tables, as_of, registries)
    books = [
        Book(out / f"{name}_控辍保学核查_{as_of:%Y%m%d}.xlsx", township_sheets(name, as_of, run, figures), as_of)
        for name in chosen
    ]
    if townships is None:
        books.append(
            Book(out / f"{COUNTY_SHORT_NAME}_控辍保学汇总_{as_of:%Y%m%d}.xlsx", county_sheets(as_of, run, figures), as_of)
        )
    return write_books(books)
