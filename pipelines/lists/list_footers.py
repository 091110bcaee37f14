"""Rows of a list that stand for nobody: sums, signatures and remarks below the people, and the headings once more."""

import re
from dataclasses import replace

import pandas as pd

from pipelines.lists.list_tables import ListTable
from schemas.checks import FOOTER
from schemas.text_match import matches

_NUMBER = re.compile(r"\d[\dXx]{13,}")  # of a person
_FEW = 3  # cells that a footer may fill


def without_footers(grid: ListTable) -> tuple[ListTable, int]:
    """The list without such rows, and how many they were. A row with a number as long as an ID is somebody's, and so is one of which at least half
    as many cells are filled as in most rows."""
    table = grid.table
    if not len(table):
        return grid, 0
    first = table.iloc[:, 0]
    for column in table.columns[1:]:
        if first.notna().all():
            break
        first = first.fillna(table[column])
    titles = pd.Series(grid.columns)
    like_footers, like_headings = matches(first, FOOTER), first.isin(titles)
    if not (like_footers | like_headings).any():
        return grid, 0
    filled = table.notna().sum(axis=1)
    like_footers &= filled * 2 < max(float(filled.median()), 2 * _FEW)
    footers = [i for i in table.index[like_footers] if not any(map(_NUMBER.search, table.loc[i].dropna()))]
    headings = [i for i in table.index[like_headings] if filled[i] >= 2 and (table.loc[i].dropna() == titles).dropna().all()]
    nobody = table.index.isin([*footers, *headings])
    if not nobody.any():
        return grid, 0
    kept = grid.rows[~nobody].reset_index(drop=True)
    return replace(grid, table=table[~nobody].reset_index(drop=True), rows=kept), int(nobody.sum())
