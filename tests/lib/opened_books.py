"""Workbooks of published tables, and opened again as an officer's Excel would: how tests read their sheets."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
from openpyxl.worksheet.worksheet import Worksheet

from reports.book import Book
from reports.list_rows import read_lists
from reports.workbooks import list_books
from schemas.settings import Settings

AS_OF = date(2020, 9, 30)
AREAS = ["安阳镇", "高岭镇", "地苏镇", "都安县"]
LISTS = ["去向不明儿童", "疑似同一人", "信息不一致"]


def books_of(
    tables: Path,
    out: Path,
    as_of: date,
    townships: Sequence[str] | None = None,
    *,
    settings: Settings,
    responsible: pa.Table | None = None,
) -> list[Book]:
    """The workbooks of lists of the run whose tables are in ``tables``, of these ``townships`` or of all, to be written into ``out``."""
    return list_books(tables, read_lists(tables, as_of, settings, responsible), out, as_of, townships, settings=settings)


def rows(sheet: Worksheet) -> list[dict[str, object]]:
    """The sheet's rows by heading, on one line."""
    heading, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip((h.replace("\n", "") for h in heading), line, strict=True)) for line in lines]


def column(sheet: Worksheet, heading: str) -> list:
    """The cells below ``heading``."""
    place = next(c.column for c in sheet[1] if c.value.replace("\n", "") == heading)
    return [line[place - 1] for line in sheet.iter_rows(min_row=2)]


def below(sheet: Worksheet, title: str) -> dict[str, dict[str, int]]:
    """The cover's table ``title``: label -> heading -> figure."""
    lines = list(sheet.iter_rows(values_only=True))
    start = next(i for i, line in enumerate(lines) if line[0] == title) + 1
    stop = next(i for i in range(start, len(lines)) if lines[i][0] is None and i > start)
    headings, *figures = lines[start:stop]
    return {line[0]: {h: f for h, f in zip(headings[1:], line[1:], strict=True) if h} for line in figures}
