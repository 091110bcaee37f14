"""Two linked lists as a workbook: the pairs, each list's rows without a counterpart, rows that repeat another, and how it was done."""

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

_FILL = {"a": BLUE, "b": GREEN_FILL}  # of the headings of a list's own columns
_WIDEST, _EVIDENCE = 24, 46  # half-width characters
_FIELD = 11
_LONGEST_ID = 255  # older Excel shows a longer text in a cell of format @ as ####


def _fixed(heading: str, key: str, width: int, kind: Kind = "text", **options: Any) -> SheetColumn:
    return SheetColumn(heading, key, kind, width, measured=False, **options)


# The first five columns, of a workbook's first sheet as of a Parquet file, by which programs read the outcome: each heading is its key.
_CONTRACT_COLUMNS = (
    _fixed("row_a", "row_a", 7),
    _fixed("row_b", "row_b", 7),
    _fixed("probability", "probability", 11, number_format="0.0000"),
    _fixed("decision", "decision", 9),
    _fixed("evidence", "evidence", 7, hidden=True),
)
CONTRACT = tuple(column.key for column in _CONTRACT_COLUMNS)

# Of the sheet of rows that repeat another of their list; _2: of the other row.
REPEAT_COLUMNS = (
    _fixed("名单", "list", _FIELD),
    _fixed("行号", "row", _FIELD),
    _fixed("另一行", "row_2", _FIELD),
    _fixed("可能性", "probability", _FIELD, number_format="0.0000"),
    _fixed("结论", "decision_name", _FIELD),
    _fixed("依据", "evidence_text", _EVIDENCE),
    _fixed("姓名", "name", _FIELD),
    _fixed("证件号", "id_number", 19, "id"),
    _fixed("出生日期", "birthdate", _FIELD),
    _fixed("姓名（另一行）", "name_2", 14),
    _fixed("证件号（另一行）", "id_number_2", 19, "id"),
    _fixed("出生日期（另一行）", "birthdate_2", 18),
)


def links_sheet(pairs: pd.DataFrame, a: pd.DataFrame, b: pd.DataFrame) -> FilledSheet:
    """The sheet of the pairs. ``pairs``: the columns of CONTRACT and evidence_text, a row a pair; ``a``, ``b``: the two lists' own
    columns of the same pairs."""
    to_ask = SheetColumn(
        "是否同一人",
        "is_same",
        width=10,
        measured=False,
        choices=("是", "否"),
        fill=DEEP_YELLOW,
        rules=(ColumnEqual("decision", "possible", DEEP_YELLOW),),
    )
    columns = [
        *((column, texts(pairs[column.key])) for column in _CONTRACT_COLUMNS),
        _filling("依据", "evidence_text", pairs["evidence_text"], _EVIDENCE),
        _filling("结论", "decision_name", pairs["decision"].map(DECISION_NAME), 7),
        (to_ask, [None] * len(pairs)),
        *_own_columns("a", a, "A·"),
        *_own_columns("b", b, "B·"),
    ]
    return _filled("links", columns, frozen=2)


def unlinked_sheet(side: str, rows: pd.Series, own: pd.DataFrame, nearest: pd.DataFrame) -> FilledSheet:
    """The rows of the list ``side`` (a, b) without a counterpart. ``rows``: their numbers; ``own``: their columns; ``nearest``:
    nearest_row, refused, evidence, missed_probability of each."""
    columns = [
        _filling("行号", "row", rows, 6, fill=_FILL[side]),
        *_own_columns(side, own, ""),
        _filling(f"{'BA'[side == 'b']}中最相近的行", "nearest_row", nearest["nearest_row"], 10),
        _filling("为何不是", "refused", nearest["refused"], 20),
        _filling("比较", "evidence", nearest["evidence"], _EVIDENCE),
        _filling("有而未找到的可能", "missed_probability", nearest["missed_probability"], 10, number_format="0.00%"),
    ]
    return _filled(f"{side.upper()}未匹配", columns, frozen=1)


def repeats_sheet(repeats: pd.DataFrame) -> FilledSheet:
    """Pairs of rows of one list that seem to be one person. ``repeats``: the keys of REPEAT_COLUMNS as columns, a row per pair."""
    columns: list[Filling] = [(column, texts(repeats[column.key])) for column in REPEAT_COLUMNS]
    return _filled("名单内重复", columns, frozen=3)


def about_page(lines: Iterable[tuple[str, str]]) -> PrintedPage:
    """What was compared, how, and how much came of it: title and text of each line."""
    head, plain = Look(bold=True, fill=BLUE), Look()
    rows = tuple(PageRow(((title, head), (text, plain))) for title, text in lines)
    return PrintedPage("说明", "", (24, 96), rows, header="说明")


def texts(values: pd.Series) -> list[Any]:
    """The values, None where there is none."""
    return values.astype("object").where(values.notna(), None).tolist()


def _filling(heading: str, key: str, values: pd.Series, width: int, **options: Any) -> Filling:
    return SheetColumn(heading, key, width=width, measured=False, **options), texts(values)


def _own_columns(side: str, own: pd.DataFrame, mark: str) -> Iterator[Filling]:
    """The list's own columns, all text."""
    for index, name in enumerate(own):
        values = texts(own[name])
        kind: Kind = "id" if widest(values) <= _LONGEST_ID else "text"
        yield SheetColumn(f"{mark}{name}", f"{side}_{index}", kind, width=_WIDEST, fill=_FILL[side]), values


def _filled(title: str, columns: Sequence[Filling], frozen: int) -> FilledSheet:
    frame: Mapping[str, Sequence[CellValue]] = {column.key: values for column, values in columns}
    return FilledSheet(SheetOfRows(title, tuple(column for column, _ in columns), empty=None, frozen=frozen), frame, "", title)
