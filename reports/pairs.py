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

# The first five columns, of a workbook's first sheet as of a Parquet file, by which programs read the outcome.
CONTRACT = ("row_a", "row_b", "probability", "decision", "evidence")
DECISION_NAME = {"match": "相符", "possible": "待确认"}

_FILL = {"a": BLUE, "b": GREEN_FILL}  # of the headings of a list's own columns
_WIDEST, _EVIDENCE = 24, 46  # half-width characters
_LONGEST_ID = 255  # older Excel shows a longer text in a cell of format @ as ####


def links_sheet(pairs: pd.DataFrame, a: pd.DataFrame, b: pd.DataFrame) -> FilledSheet:
    """The sheet of the pairs. ``pairs``: the columns of CONTRACT and evidence_text, a row a pair; ``a``, ``b``: the two lists' own
    columns of the same pairs."""
    widths = {"probability": 11, "decision": 9}
    contract = [
        _filling(
            name,
            name,
            pairs[name],
            widths.get(name, 7),
            number_format="0.0000" if name == "probability" else None,
            hidden=name == "evidence",
        )
        for name in CONTRACT
    ]
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
        *contract,
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
    """Pairs of rows of one list that seem to be one person: a column of ``repeats`` each, under its own heading."""
    widths = {"依据": _EVIDENCE, "证件号": 19, "证件号（另一行）": 19, "出生日期（另一行）": 18, "姓名（另一行）": 14}
    formats = {"可能性": "0.0000"}
    columns = [
        _filling(
            heading,
            heading,
            repeats[heading],
            widths.get(heading, 11),
            kind="id" if heading.startswith("证件号") else "text",
            number_format=formats.get(heading),
        )
        for heading in map(str, repeats)
    ]
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
