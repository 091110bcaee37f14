"""Workbooks opened again as an officer's Excel would: how tests read their sheets."""

from datetime import date

from openpyxl.worksheet.worksheet import Worksheet

AS_OF = date(2020, 9, 30)
AREAS = ["安阳镇", "高岭镇", "地苏镇", "都安县"]
LISTS = ["去向不明儿童", "疑似同一人", "信息不一致"]


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
