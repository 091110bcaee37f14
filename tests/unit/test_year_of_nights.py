"""The benchmark of a year of nights finds what it looks for: ids and cases that change, answers that are lost. All persons are made up
(虚构)."""

import random
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.year_answers import Answer, Night, Townships
from benchmarks.year_exports import Export, Row, Year
from benchmarks.year_figures import Figures, leftovers, missed_aims
from benchmarks.year_of_nights import Memory
from schemas.whereabouts import OUTSIDE_COUNTY

FIRST, SECOND = date(2020, 4, 15), date(2020, 4, 16)
EVENTS = {"as_of": [SECOND], "person_id": ["P0000001"], "other_person_id": ["P0000002"]}
REPLY = {
    "entry": 2, "event": "answered", "case_id": "C0000001", "answer": OUTSIDE_COUNTY, "answer_detail": "南宁市某小学", "answered_on": FIRST,
}  # fmt: skip


def night(
    as_of: date,
    person: str,
    cells: tuple[str, ...] = ("韦家一",),
    case: str = "C0000001",
    events: dict | None = None,
    **tables: object,
) -> Night:
    """A night on which source row 1 is the listed ``person``'s."""
    frames = {
        "person_events": pd.DataFrame(events or {name: [] for name in EVENTS}),
        "unaccounted": pd.DataFrame({"person_id": [person], "case_id": [case]}),
        "quarantine": pd.DataFrame({name: [] for name in ("registry", "file", "sheet", "row", "rule")}),
        "cases": pd.DataFrame({"case_id": ["C0000001"], "state": ["closed"]}),
        "case_log": pd.DataFrame([REPLY]),
        "persons": pd.DataFrame({"person_id": ["P0000001"], "conditions": ["verified_elsewhere"], "in_cohort": [True]}),
        **tables,
    }
    return Night(as_of, frames, {1: (person, cells)})


def compared(*nights: Night) -> Figures:
    year = Year([Export("huji", "户籍", "", [], ["姓名"], [Row(1, 7, ["韦家一"])], [])], random.Random(1), FIRST, 2)
    figures, memory = Figures(), Memory(year)
    for one in nights:
        memory.compare(one, figures)
    return figures


def test_an_id_that_changes_without_an_event_is_counted() -> None:
    figures = compared(night(FIRST, "P0000001"), night(SECOND, "P0000002"))
    assert (figures.changed_without_event, figures.changed_with_event, figures.case_changed) == (1, 0, 0)
    assert missed_aims(figures, [])


def test_an_id_that_changes_with_an_event_or_with_the_cells_is_none() -> None:
    assert compared(night(FIRST, "P0000001"), night(SECOND, "P0000002", events=EVENTS)).changed_with_event == 1
    assert not compared(night(FIRST, "P0000001"), night(SECOND, "P0000002", ("韦家二",))).changed_without_event


def test_a_case_whose_number_changes_is_counted() -> None:
    assert compared(night(FIRST, "P0000001"), night(SECOND, "P0000001", case="C0000002")).case_changed == 1


@pytest.mark.parametrize(
    ("tables", "state"),
    [
        ({}, "in effect"),
        ({"persons": pd.DataFrame({"person_id": ["P0000001"], "conditions": [None], "in_cohort": [True]})}, "lost"),
        ({"persons": pd.DataFrame({"person_id": ["P0000001"], "conditions": [None], "in_cohort": [False]})}, "in effect"),
        ({"case_log": pd.DataFrame([REPLY]).head(0)}, "lost"),
        ({"case_log": pd.DataFrame([REPLY, REPLY | {"entry": 3, "answer": "仍未找到"}])}, "superseded"),
        (
            {"quarantine": pd.DataFrame([{"registry": "answers", "file": "甲.xlsx", "sheet": "去向不明儿童", "row": 2, "rule": "answer_of_another"}])},
            "refused",
        ),
    ],
)  # fmt: skip
def test_what_becomes_of_an_answer(tmp_path: Path, tables: dict[str, pd.DataFrame], state: str) -> None:
    answer = Answer(
        "去向不明儿童", "甲.xlsx", 2, FIRST, OUTSIDE_COUNTY, "南宁市某小学", True, case_id="C0000001", person_id="P0000001"
    )
    Townships(tmp_path, random.Random(1), [answer]).trace(night(SECOND, "P0000001", **tables))
    assert answer.state == state
    assert bool(missed_aims(Figures(), [answer])) == (state == "lost")


def test_what_nobody_needs_is_a_leftover(tmp_path: Path) -> None:
    for folder in ("raw", "outbox/2020-04-15", "curated/.temporary", "curated/runs/20200415-0001", "curated/snapshots"):
        (tmp_path / folder).mkdir(parents=True)
    assert not leftovers(tmp_path)
    for name in (
        "a.tmp",
        "outbox/.new-1",
        "curated/bidui.db-journal",
        "curated/runs/20200415-0001/x.part",
        "curated/snapshots/a.1.tmp",
        "curated/.temporary/bidui-x",
    ):
        (tmp_path / name).touch()
    assert len(leftovers(tmp_path)) == 6
