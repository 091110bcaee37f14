"""Groups of rows as a workbook: the rows that are, or may be, one person beneath one another, and the rows of each list that are in no group."""

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

# The first columns, of a workbook's first sheet as of a Parquet file, by which programs read the outcome: each heading is its key.
_LISTS = {"list", "linked_list"}  # say nothing where there is one list
_GROUP_COLUMNS = (
    fixed("group_id", "group_id", 9),
    fixed("list", "list", 5),
    fixed("row", "row", 7),
    fixed("linked_list", "linked_list", 7, hidden=True),
    fixed("linked_row", "linked_row", 7, hidden=True),
    fixed("probability", "probability", 11, number_format="0.0000"),
    fixed("decision", "decision", 9),
    fixed("evidence", "evidence", 7, hidden=True),
    fixed("also", "also", 7, hidden=True),
    fixed("earlier_group", "earlier_group", 13),
)
GROUP_CONTRACT = tuple(column.key for column in _GROUP_COLUMNS)
WHOLE_GROUP = {True: "相符", False: "有待确认"}
SHOWN = (
    "所在名单",
    "对照行",
    "依据",
    "结论",
    "整组",
    "或属于组",
    SAME_PERSON_COLUMN.heading,
)  # headings of the columns behind them


def groups_sheet(rows: pd.DataFrame, own: pd.DataFrame, several: bool, against: bool) -> FilledSheet:
    """The sheet of the groups. ``rows``: the columns of GROUP_CONTRACT, evidence_text, linked (the row compared with, in words), lists (of the
    group, in words), confirmed (is the whole group) and is_same (an answer of the last time), a row a row, a group's beneath one another;
    ``own``: the lists' own columns of the same rows. ``several``: there is more than one list; ``against``: there was an earlier outcome."""
    hidden = set() if several else _LISTS
    hidden = hidden if against else hidden | {"earlier_group"}
    contract: list[Filling] = []
    for column in _GROUP_COLUMNS:
        kept = fixed(column.heading, column.key, column.width, hidden=True) if column.key in hidden else column
        contract.append((kept, texts(rows[column.key])))
    columns = [
        *contract,
        filling(SHOWN[0], "lists", rows["lists"], 10, hidden=not several),
        filling(SHOWN[1], "linked", rows["linked"], 8),
        filling(SHOWN[2], "evidence_text", rows["evidence_text"], EVIDENCE_WIDTH),
        filling(SHOWN[3], "decision_name", rows["decision"].map(DECISION_NAME), 7),
        filling(SHOWN[4], "whole_group", rows["confirmed"].map(WHOLE_GROUP), 9),
        filling(SHOWN[5], "also_shown", rows["also"], 9),
        (SAME_PERSON_COLUMN, texts(rows["is_same"])),
        *own_columns(own, side_fill(0), "", "own"),
    ]
    return filled_sheet("groups", columns, frozen=3, grouped_by="group_id")


def rest_sheet(index: int, side: str, rows: pd.Series, own: pd.DataFrame) -> FilledSheet:
    """The rows of the list ``side`` (the ``index``-th) that are in no group. ``rows``: their numbers; ``own``: their columns."""
    fill = side_fill(index)
    columns = [filling("行号", "row", rows, 6, fill=fill), *own_columns(own, fill, "", side)]
    return filled_sheet(f"{side.upper()}未匹配", columns, frozen=1)
