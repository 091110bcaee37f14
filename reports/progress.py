"""How much of a list is filled in, worked out by the officer's own spreadsheet: plain functions that Excel, WPS and LibreOffice all have."""

from collections.abc import Mapping

from reports.book import Formula, SheetOfRows, column_letters
from reports.book.measure import clean
from schemas.answers import NOT_YET

_BESIDE = ("checked_by", "checked_on")  # without these an answer does not count


def filled_in(sheet: SheetOfRows, rows: int, where: Mapping[str, str | None] | None = None) -> Formula:
    """How many of the ``rows`` of ``sheet`` have an answer, who gave it and when. ``where``: key -> text, None for an empty cell: only
    the rows that have it."""
    letters = column_letters(sheet)

    def cells(key: str) -> str:
        return f"'{sheet.title}'!${letters[key]}$2:${letters[key]}${rows + 1}"

    answer = next(column for column in sheet.asked if column.choices)
    said = [f"LEN({cells(key)})" for key in (answer.key, "right_value") if key in letters]
    conditions = [f"({'+'.join(said)}>0)", *(f"(LEN({cells(key)})>0)" for key in _BESIDE)]
    if NOT_YET in answer.choices:
        conditions.append(f'({cells(answer.key)}<>"{NOT_YET}")')
    for key, text in (where or {}).items():
        conditions.append(f"(LEN({cells(key)})=0)" if text is None else f'({cells(key)}="{_quoted(text)}")')
    return Formula(f"=SUMPRODUCT({'*'.join(conditions)})", 0)


def _quoted(text: str) -> str:
    """As a text within a formula, which may have 255 characters."""
    return clean(text)[:255].replace('"', '""')
