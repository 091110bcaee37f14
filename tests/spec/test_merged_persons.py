"""An answer about a child whose number was merged into another's. All persons are made up (虚构)."""

from datetime import date

import pandas as pd
import pytest

from reports.answer_listings import VISITS_SHEET
from schemas.answers import ANSWER_DOUBTS
from tests.lib.answered_rows import CHILD, ELSEWHERE, NAMES, OTHER, Cells, accepted, ledger, row

INTO_SECOND = {"event": "merged", "person_id": "P0000001", "other_person_id": "P0000002", "keys": 1}
# The records of the first child are the second's from the night of 22 April on.
MERGED = pd.DataFrame([INTO_SECOND | {"as_of": date(2020, 4, 22)}])
TOGETHER = NAMES.assign(person_id="P0000002")
MISSING: Cells = ELSEWHERE | {"said": "仍未找到", "school_said": None}


def on(day: int) -> date:
    return date(2020, 4, day)


def accepted_before() -> pd.DataFrame:
    """Said of the first child on 20 April, accepted on the 21st."""
    first = ledger(row(ELSEWHERE), as_of=on(20), acceptance=True).table
    return ledger(accepted("同意", first, day="2020-04-21"), earlier=first, as_of=on(21), acceptance=True).table


def about(table: pd.DataFrame) -> list[tuple[str, str, str | None]]:
    """(person, state, doubt) of the answers about whereabouts."""
    shown = table[table["kind"] == "whereabouts"]
    return [(p, s, None if pd.isna(d) else d) for p, s, d in shown[["person_id", "state", "doubt"]].to_numpy().tolist()]


def test_an_answer_follows_its_child_and_waits_for_the_county_again() -> None:
    merged = ledger(earlier=accepted_before(), as_of=on(22), acceptance=True, records=TOGETHER, events=MERGED)
    assert about(merged.table) == [("P0000002", "waiting", "person_merged")] and "person_merged" in ANSWER_DOUBTS
    assert merged.whereabouts[["person_id", "answer"]].to_numpy().tolist() == [["P0000002", ELSEWHERE["said"]]]
    assert merged.whereabouts["whereabouts"].isna().all()
    yes = accepted("同意", merged.table[merged.table["kind"] == "whereabouts"], day="2020-04-23")
    taken = ledger(yes, earlier=merged.table, as_of=on(23), acceptance=True, records=TOGETHER, events=MERGED)
    assert [state for _, state, _ in about(taken.table)] == ["accepted"]
    assert taken.whereabouts["whereabouts"].tolist() == ["enrolled_elsewhere"]


def test_the_county_is_asked_again_whichever_number_goes_on() -> None:
    into_first = pd.DataFrame([INTO_SECOND | {"as_of": on(22), "person_id": "P0000002", "other_person_id": "P0000001"}])
    records = NAMES.assign(person_id="P0000001")
    merged = ledger(earlier=accepted_before(), as_of=on(22), acceptance=True, records=records, events=into_first)
    assert about(merged.table) == [("P0000001", "waiting", "person_merged")]
    of_nobody_listed = into_first.assign(person_id="P0000009")  # no child was looked for under that number
    assert (
        about(ledger(earlier=accepted_before(), as_of=on(22), acceptance=True, events=of_nobody_listed).table)[0][1] == "accepted"
    )


def test_without_the_countys_acceptance_it_waits_too() -> None:
    first = ledger(row(ELSEWHERE), as_of=on(20)).table
    assert about(first) == [("P0000001", "accepted", "school_seen_nowhere")]
    assert about(ledger(earlier=first, as_of=on(22), records=TOGETHER, events=MERGED).table) == [
        ("P0000002", "waiting", "person_merged")
    ]


def test_where_the_records_are_taken_apart_again_the_answer_is_its_childs() -> None:
    merged = ledger(earlier=accepted_before(), as_of=on(22), acceptance=True, records=TOGETHER, events=MERGED).table
    assert about(ledger(earlier=merged, as_of=on(24), acceptance=True, events=MERGED).table) == [("P0000001", "accepted", None)]


def test_an_answer_that_leaves_the_child_listed_goes_on_at_once() -> None:
    first = ledger(row(MISSING), as_of=on(20), acceptance=True).table
    merged = ledger(earlier=first, as_of=on(22), acceptance=True, records=TOGETHER, events=MERGED)
    assert about(merged.table) == [("P0000002", "accepted", None)]


def test_of_answers_about_both_the_later_counts() -> None:
    later = row(MISSING | {"checked_on": "2020-04-21"}, OTHER, number=3)
    both = ledger(later, earlier=accepted_before(), as_of=on(22), acceptance=True, records=TOGETHER, events=MERGED)
    assert sorted(state for _, state, _ in about(both.table)) == ["accepted", "superseded"]
    assert both.whereabouts["answer"].tolist() == ["仍未找到"]


@pytest.mark.parametrize(
    ("records", "events", "number"),
    [
        (TOGETHER.assign(person_id="P0000007"), [("P0000001", "P0000002"), ("P0000002", "P0000007")], "P0000007"),
        (NAMES[1:], [("P0000001", "P0000005")], "P0000001"),  # nobody has that number, either
        (NAMES[1:], [("P0000001", "P0000005"), ("P0000005", "P0000001")], "P0000001"),
        (NAMES[1:], [], "P0000001"),
    ],
)
def test_a_number_is_followed_through_others(records: pd.DataFrame, events: list[tuple[str, str]], number: str) -> None:
    told = [INTO_SECOND | {"as_of": on(22), "person_id": one, "other_person_id": other} for one, other in events]
    log = pd.DataFrame(told, columns=[*INTO_SECOND, "as_of"])
    merged = ledger(earlier=accepted_before(), as_of=on(22), acceptance=True, records=records, events=log).table
    assert [person for person, _, _ in about(merged)] == [number]


def test_an_answer_counts_for_nobody_where_its_child_is_not_among_the_records_it_was_merged_with() -> None:
    strangers = TOGETHER[TOGETHER["name"] != CHILD["name"]]
    merged = ledger(earlier=accepted_before(), as_of=on(22), acceptance=True, records=strangers, events=MERGED)
    assert merged.table.loc[merged.table["kind"] == "whereabouts", "refusal"].tolist() == ["person_is_another"]
    # Once they have its name it is as if they had had it from the first, and taken apart it is its child's again, whatever lies in the inbox.
    again = ledger(earlier=merged.table, as_of=on(23), acceptance=True, records=TOGETHER, events=MERGED).table
    assert about(again) == [("P0000002", "waiting", "person_merged")]
    apart = ledger(earlier=merged.table, as_of=on(23), acceptance=True, events=MERGED).table
    assert [told[:2] for told in about(apart)] == [("P0000001", "accepted")]


@pytest.mark.parametrize(("name", "number"), [(CHILD["name"], "P0000002"), ("韦家九", "P0000001")])
def test_a_visit_goes_on_only_to_a_child_of_its_name(name: str, number: str) -> None:
    visit = row(
        {"said": "同意返校", "checked_by": "韦某", "checked_on": "2020-04-20"}, CHILD | {"name": name}, sheet=VISITS_SHEET
    )
    first = ledger(visit, as_of=on(20)).table
    assert first["state"].tolist() == ["accepted"]
    assert ledger(earlier=first, as_of=on(22), records=TOGETHER, events=MERGED).table["person_id"].tolist() == [number]


def test_a_visit_is_asked_for_and_taken_under_the_case_of_the_number_that_is_gone() -> None:
    shown = CHILD | {"person_id": "P0000002"}
    visit = row({"said": "同意返校", "checked_by": "韦某", "checked_on": "2020-04-22"}, shown, sheet=VISITS_SHEET)
    taken = ledger(visit, as_of=on(22), records=TOGETHER, events=MERGED).table
    assert taken[["state", "person_id"]].to_numpy().tolist() == [["accepted", "P0000002"]]
