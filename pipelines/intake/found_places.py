"""Townships and villages that the county's own exports name and its divisions do not have: proposals, for the county to accept or not."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd
from rapidfuzz.distance import Levenshtein

from schemas.county_names import fault_of_name
from schemas.divisions import Divisions, Township
from schemas.divisions.divisions_file import DivisionRow
from schemas.words import DIVISION_STATE_NAME

_LEAST_ROWS = 2  # what stands on one row alone may be no place at all, but a cell that slipped into another column
_PLACE = re.compile(r"^[一-龥][一-龥A-Za-z0-9（）()]*$")
_SHORTEST = 2  # characters of a village's name that one more may be added to


def proposed_places(records: pd.DataFrame, divisions: Divisions) -> list[DivisionRow]:
    """Rows for ``divisions.csv``, in effect only when the county accepts them: townships, villages and spellings of villages, with the
    number of rows on which each stands, most rows first. ``records``: township and village as standardised."""
    townships = {township.name: township for township in divisions.townships}
    found = Counter(zip(records["township"], records["village"], strict=True))
    unknown = Counter[str]()
    villages: dict[str, Counter[str]] = {}
    for (township, village), rows in found.items():
        if not isinstance(township, str):
            continue
        if township not in townships:
            unknown[township] += rows
        if isinstance(village, str) and village not in {v.name for v in _villages(townships.get(township))}:
            villages.setdefault(township, Counter())[village] += rows
    state = DIVISION_STATE_NAME["proposed"]
    rows_of_townships = [DivisionRow("", name, "", "", rows, state) for name, rows in _kept(unknown)]
    named = {*townships, *(row.township for row in rows_of_townships)}
    rows_of_villages = [
        _village_row(townships.get(township) or Township("", township), village, rows, state)
        for township in sorted(villages, key=lambda name: (_code(townships.get(name)), name))
        if township in named
        for village, rows in _kept(villages[township])
    ]
    return rows_of_townships + rows_of_villages


def new_rows(proposed: Iterable[DivisionRow], known: Iterable[Sequence[str]]) -> list[DivisionRow]:
    """Those of ``proposed`` that are not yet in the file. ``known``: township, village and spelling of its rows, of whatever state: what a
    county did not accept is not proposed again."""
    there = {tuple(row) for row in known}
    spelled = {(township, spelling) for township, _, spelling in there}
    return [
        row
        for row in proposed
        if (row.township, row.village, row.spelling) not in there and (row.township, row.spelling or row.village) not in spelled
    ]


def _villages(township: Township | None) -> Sequence:
    return township.villages if township else ()


def _code(township: Township | None) -> str:
    return township.code if township else "~"  # those that are in no table come last


def _kept(found: Counter[str]) -> list[tuple[str, int]]:
    places = [
        (name, rows) for name, rows in found.items() if rows >= _LEAST_ROWS and _PLACE.match(name) and not fault_of_name(name)
    ]
    return sorted(places, key=lambda place: (-place[1], place[0]))


def _village_row(township: Township, village: str, rows: int, state: str) -> DivisionRow:
    """A spelling of the one official village with a character more or less; else a village. Where a character differs it is as often
    as not another village: 弄王村, 弄平村."""
    near = [v.name for v in township.villages if abs(len(village) - len(v.name)) == 1 and _is_within(village, v.name)]
    if len(near) == 1:
        return DivisionRow(township.code, township.name, near[0], village, rows, state)
    return DivisionRow(township.code, township.name, village, "", rows, state)


def _is_within(first: str, second: str) -> bool:
    """Is the shorter name the longer without one character?"""
    return min(len(first), len(second)) >= _SHORTEST and Levenshtein.distance(first, second) == 1
