"""The workbooks of one run: one per township, one for the county."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook

from reports.areas import COUNTY_SHORT_NAME, chosen_townships, county_townships
from reports.content import Content, SheetTables
from reports.cover import county_tallies, township_tallies, write_cover
from reports.figures import Area, Figures
from reports.indicator_sheet import write_indicators
from reports.listings import CHANGES_SHEET, SHEETS_TO_ANSWER
from reports.package import save
from reports.place_sheets import write_schools, write_townships, write_villages
from reports.sheet import MAX_ROWS, Choices, write_list


def write_workbooks(tables: Path, out: Path, as_of: date, townships: Sequence[str] | None = None) -> list[Path]:
    """Write the workbooks of the run published in ``tables`` into the folder ``out`` and return their paths.

    ``townships`` limits them to these, without the county's. Raises ValueError for a township the county does not have,
    for a code that ``schemas`` does not know and for a list that a sheet cannot hold.
    """
    chosen = chosen_townships(townships)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chmod(out, 0o700)
    figures = Figures(tables, as_of)
    paths = []
    with SheetTables(tables) as source:
        for name in chosen:
            paths.append(out / f"{name}_控辍保学核查_{as_of:%Y%m%d}.xlsx")
            save(_township(name, as_of, source.township(name), figures), paths[-1], as_of)
        if townships is None:
            paths.append(out / f"{COUNTY_SHORT_NAME}_控辍保学汇总_{as_of:%Y%m%d}.xlsx")
            save(_county(as_of, source.county(), figures), paths[-1], as_of)
    return paths


def _township(name: str, as_of: date, content: Content, figures: Figures) -> Workbook:
    """What is to be done comes first."""
    _check_sizes(content)
    book, choices = Workbook(write_only=True), Choices()
    write_cover(book, name, as_of, township_tallies(content), county=False)
    for listing in (*SHEETS_TO_ANSWER, CHANGES_SHEET):
        write_list(book, listing, content.lists[listing.title], name, as_of, choices)
    write_indicators(book, figures.of(Area("township", name)), name, as_of)
    write_villages(book, figures, name, as_of, name)
    choices.write(book)
    return book


def _county(as_of: date, content: Content, figures: Figures) -> Workbook:
    """How things stand comes first."""
    _check_sizes(content)
    book, choices = Workbook(write_only=True), Choices()
    write_cover(book, COUNTY_SHORT_NAME, as_of, county_tallies(content, county_townships()), county=True)
    write_indicators(book, figures.of(Area("county")), COUNTY_SHORT_NAME, as_of)
    write_townships(book, figures, as_of)
    write_villages(book, figures, COUNTY_SHORT_NAME, as_of, None)
    write_schools(book, figures, as_of)
    for listing in (CHANGES_SHEET, *SHEETS_TO_ANSWER):
        write_list(book, listing, content.lists[listing.title], COUNTY_SHORT_NAME, as_of, choices)
    choices.write(book)
    return book


def _check_sizes(content: Content) -> None:
    for title, frame in content.lists.items():
        if frame.num_rows > MAX_ROWS:
            raise ValueError(f"{title}: {frame.num_rows} rows, a sheet holds {MAX_ROWS}")
