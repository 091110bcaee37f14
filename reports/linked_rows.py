"""What the sheets of linked rows have in common: how columns are declared, a list's own columns, the page that says how it was done."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from reports.book import (
    BLUE,
    DEEP_YELLOW,
    GREEN_FILL,
    CellValue,
    ColumnEqual,
    FilledSheet,
    Filling,
    Kind,
    Look,
    PageRow,
    PrintedPage,
    SheetColumn,
    SheetOfRows,
)
from reports.book.measure import widest

DECISION_NAME = {"match": "相符", "possible": "待确认"}
EVIDENCE_WIDTH = 46  # half-width characters
SAME_PERSON_COLUMN = SheetColumn(
    "是否同一人",
    "is_same",
    width=10,
    measured=False,
    choices=("是", "否"),
    fill=DEEP_YELLOW,
    rules=(ColumnEqual("decision", "possible", DEEP_YELLOW),),
)

_WIDEST = 24  # half-width characters
_LONGEST_ID = 255  # older Excel shows a longer text in a cell of format @ as ####


def side_fill(index: int) -> str:
    """The colour of the headings of the own columns of a list, the first being 0."""
    return (BLUE, GREEN_FILL)[index % 2]


def fixed(heading: str, key: str, width: int, kind: Kind = "text", **options: Any) -> SheetColumn:
    """A column of one width."""
    return SheetColumn(heading, key, kind, width, measured=False, **options)


def filling(heading: str, key: str, values: pd.Series, width: int, **options: Any) -> Filling:
    """A column of one width and its values."""
    return fixed(heading, key, width, **options), texts(values)


def own_columns(own: pd.DataFrame, fill: str, mark: str, key: str) -> Iterator[Filling]:
    """The columns of a list, all text: ``mark`` stands before their headings, ``key`` before the numbers in their keys."""
    for index, name in enumerate(own):
        values = texts(own[name])
        kind: Kind = "id" if widest(values) <= _LONGEST_ID else "text"
        yield SheetColumn(f"{mark}{name}", f"{key}_{index}", kind, width=_WIDEST, fill=fill), values


def filled_sheet(title: str, columns: Sequence[Filling], frozen: int, grouped_by: str | None = None) -> FilledSheet:
    """The sheet of these columns."""
    frame: Mapping[str, Sequence[CellValue]] = {column.key: values for column, values in columns}
    sheet = SheetOfRows(title, tuple(column for column, _ in columns), empty=None, frozen=frozen, grouped_by=grouped_by)
    return FilledSheet(sheet, frame, "", title)


def about_page(lines: Iterable[tuple[str, str]]) -> PrintedPage:
    """What was compared, how, and how much came of it: title and text of each line."""
    head, plain = Look(bold=True, fill=BLUE), Look()
    rows = tuple(PageRow(((title, head), (text, plain))) for title, text in lines)
    return PrintedPage("说明", "", (24, 96), rows, header="说明")


def texts(values: pd.Series) -> list[Any]:
    """The values, None where there is none."""
    return values.astype("object").where(values.notna(), None).tolist()
