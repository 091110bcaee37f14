"""The workbooks of one run: one per township, one for the county."""

import csv
import os
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path

from openpyxl import Workbook

from reports.content import Content, Tables
from reports.cover import Tally, county_tallies, township_tallies, write_cover
from reports.lists import LISTINGS
from reports.package import save
from reports.sheet import MAX_ROWS, Choices, write_list

COUNTY = "都安县"


def write_workbooks(tables: Path, out: Path, as_of: date, townships: Sequence[str] | None = None) -> list[Path]:
    """Write the workbooks of the run published in ``tables`` into the folder ``out`` and return their paths.

    ``townships`` limits them to these, without the county's. Raises ValueError for a township the county does not have,
    for a code that ``schemas`` does not know and for a list that a sheet cannot hold.
    """
    all_townships = county_townships()
    chosen = all_townships if townships is None else tuple(dict.fromkeys(townships))
    if unknown := [name for name in chosen if name not in all_townships]:
        raise ValueError(f"not a township of the county: {unknown}")
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chmod(out, 0o700)
    paths = []
    with Tables(tables) as source:
        for name in chosen:
            path = out / f"{name}_控辍保学核查_{as_of:%Y%m%d}.xlsx"
            content = source.township(name)
            _write(path, name, as_of, content, township_tallies(content), county=False)
            paths.append(path)
        if townships is None:
            path = out / f"{COUNTY}_控辍保学汇总_{as_of:%Y%m%d}.xlsx"
            content = source.county()
            _write(path, COUNTY, as_of, content, county_tallies(content, all_townships), county=True)
            paths.append(path)
    return paths


def county_townships() -> tuple[str, ...]:
    """The county's townships in the order of their official codes."""
    with (files("schemas") / "divisions.csv").open(encoding="utf-8") as lines:
        found = {(row["township_code"], row["township"]) for row in csv.DictReader(lines)}
    return tuple(name for _, name in sorted(found))


def _write(path: Path, area: str, as_of: date, content: Content, tallies: Sequence[Tally], *, county: bool) -> None:
    for title, frame in content.lists.items():
        if frame.num_rows > MAX_ROWS:
            raise ValueError(f"{title}: {frame.num_rows} rows, a sheet holds {MAX_ROWS}")
    book = Workbook(write_only=True)
    write_cover(book, area, as_of, tallies, county)
    choices = Choices()
    for listing in LISTINGS:
        write_list(book, listing, content.lists[listing.title], area, as_of, choices)
    choices.write(book)
    save(book, path, as_of)
