"""Two linked lists as a workbook: the pairs, each list's rows without a counterpart, rows that repeat another, and how it was done."""

import pandas as pd

from reports.book import FilledSheet, Filling
from reports.linked_rows import (
    DECISION_NAME,
    EVIDENCE_WIDTH,
    SAME_PERSON_COLUMN,
    filled_sheet,
    filling,
    fixed,
    own_columns,
    side_fill,
    texts,
)

_FIELD = 11

# The first five columns, of a workbook's first sheet as of a Parquet file, by which programs read the outcome: each heading is its key.
_CONTRACT_COLUMNS = (
    fixed("row_a", "row_a", 7),
    fixed("row_b", "row_b", 7),
    fixed("probability", "probability", 11, number_format="0.0000"),
    fixed("decision", "decision", 9),
    fixed("evidence", "evidence", 7, hidden=True),
)
CONTRACT = tuple(column.key for column in _CONTRACT_COLUMNS)

# Of the sheet of rows that repeat another of their list; _2: of the other row.
REPEAT_COLUMNS = (
    fixed("名单", "list", _FIELD),
    fixed("行号", "row", _FIELD),
    fixed("另一行", "row_2", _FIELD),
    fixed("可能性", "probability", _FIELD, number_format="0.0000"),
    fixed("结论", "decision_name", _FIELD),
    fixed("依据", "evidence_text", EVIDENCE_WIDTH),
    fixed("姓名", "name", _FIELD),
    fixed("证件号", "id_number", 19, "id"),
    fixed("出生日期", "birthdate", _FIELD),
    fixed("姓名（另一行）", "name_2", 14),
    fixed("证件号（另一行）", "id_number_2", 19, "id"),
    fixed("出生日期（另一行）", "birthdate_2", 18),
)


def links_sheet(pairs: pd.DataFrame, a: pd.DataFrame, b: pd.DataFrame) -> FilledSheet:
    """The sheet of the pairs. ``pairs``: the columns of CONTRACT and evidence_text, a row a pair; ``a``, ``b``: the two lists' own
    columns of the same pairs."""
    columns = [
        *((column, texts(pairs[column.key])) for column in _CONTRACT_COLUMNS),
        filling("依据", "evidence_text", pairs["evidence_text"], EVIDENCE_WIDTH),
        filling("结论", "decision_name", pairs["decision"].map(DECISION_NAME), 7),
        (SAME_PERSON_COLUMN, [None] * len(pairs)),
        *own_columns(a, side_fill(0), "A·", "a"),
        *own_columns(b, side_fill(1), "B·", "b"),
    ]
    return filled_sheet("links", columns, frozen=2)


def unlinked_sheet(side: str, rows: pd.Series, own: pd.DataFrame, nearest: pd.DataFrame) -> FilledSheet:
    """The rows of the list ``side`` (a, b) without a counterpart. ``rows``: their numbers; ``own``: their columns; ``nearest``:
    nearest_row, refused, evidence, missed_probability of each."""
    fill = side_fill("ab".index(side))
    columns = [
        filling("行号", "row", rows, 6, fill=fill),
        *own_columns(own, fill, "", side),
        filling(f"{'BA'[side == 'b']}中最相近的行", "nearest_row", nearest["nearest_row"], 10),
        filling("为何不是", "refused", nearest["refused"], 20),
        filling("比较", "evidence", nearest["evidence"], EVIDENCE_WIDTH),
        filling("有而未找到的可能", "missed_probability", nearest["missed_probability"], 10, number_format="0.00%"),
    ]
    return filled_sheet(f"{side.upper()}未匹配", columns, frozen=1)


def repeats_sheet(repeats: pd.DataFrame) -> FilledSheet:
    """Pairs of rows of one list that seem to be one person. ``repeats``: the keys of REPEAT_COLUMNS as columns, a row per pair."""
    columns: list[Filling] = [(column, texts(repeats[column.key])) for column in REPEAT_COLUMNS]
    return filled_sheet("名单内重复", columns, frozen=3)
