"""The standing list of who is off the list by an answer (凭答复销号). All persons are made up (虚构)."""

from datetime import date
from pathlib import Path

import pytest

from reports.answer_listings import OFF_LIST_SHEET
from reports.list_rows import read_lists
from schemas.settings import Settings
from tests.lib.made_up_tables import write_table, write_tables
from tests.lib.plan_county import SETTINGS

AS_OF = date(2020, 9, 30)
Rows = list[dict[str, object]]
_EMPTY = ("persons", "records", "identities", "unaccounted", "cases", "findings", "links", "changes", "answers")


def off_list(folder: Path, settings: Settings = SETTINGS, **tables: Rows) -> Rows:
    written = write_tables(folder / "tables")
    for table in _EMPTY:
        write_table(written, table, tables.get(table, []))
    return read_lists(written, AS_OF, settings).frames[OFF_LIST_SHEET.title].to_pylist()


def person(number: int, **more: object) -> dict[str, object]:
    its = {
        "person_id": f"P{number}",
        "name": f"韦某{number}",
        "birthdate": date(2010, 1, 1),
        "in_cohort": True,
        "whereabouts": "enrolled",
    }
    return its | {"township": "安阳镇", "responsible_township": "安阳镇", "whereabouts_rule": "verified_elsewhere"} | more


def test_a_later_answer_that_was_refused_is_told_and_what_the_county_has_settled_is_not(tmp_path: Path) -> None:
    said = {
        "kind": "whereabouts",
        "value": "县外就读（填学校）",
        "detail": "南宁市秀田小学",
        "state": "accepted",
        "received_on": AS_OF,
    }
    doubts = {1: "later_refused", 2: "many_to_one_school", 3: None}
    answers = [said | {"answer_id": f"A{n}", "person_id": f"P{n}", "doubt": doubt} for n, doubt in doubts.items()]
    its = off_list(tmp_path, persons=[person(n) for n in doubts], answers=answers)
    assert [(row["person_id"], (row["doubt_name"] or "")[:4]) for row in its] == [("P1", "其后另有"), ("P2", ""), ("P3", "")]


def test_who_was_reported_absent_and_is_reported_back_stands_on_the_list_with_who_accepted_it(tmp_path: Path) -> None:
    days = {"absent": date(2020, 9, 8), "back": date(2020, 9, 21)}
    told = {1: ("absent", "back"), 2: ("back",), 3: ("absent",), 4: ("absent", "back")}  # P4 is on the list for another reason
    records = [
        {
            "record_id": f"{state}{n}",
            "registry": "xiangzhen",
            "name": f"韦某{n}",
            "report_state": state,
            "state_date": days[state],
        }
        for n, states in told.items()
        for state in states
    ]
    said = {
        "kind": "report",
        "value": "已返校",
        "name": "韦某 1",
        "state": "accepted",
        "answered_on": days["back"],
        "decided_by": "陆某",
    }
    listed = {"person_id": "P4", "name": "韦某4", "reason": "dropped_out", "follow_up": "visit", "whereabouts": "dropped_out"}
    its = off_list(
        tmp_path,
        persons=[person(n, whereabouts_rule="student_record_open") for n in told],
        records=records,
        identities=[{"person_id": f"P{row['record_id'][-1]}", "record_id": row["record_id"]} for row in records],
        unaccounted=[listed | {"case_id": "C4", "first_listed": AS_OF, "sources": "x"}],
        answers=[said | {"answer_id": "A1"}],
    )
    assert [(row["person_id"], row["value"], row["answered_on"], row["decided_by"]) for row in its] == [
        ("P1", "已返校", days["back"], "陆某")
    ]


@pytest.mark.parametrize(("share", "sampled"), [(0.0, 0), (0.001, 2), (0.1, 2), (1.0, 4)])
def test_of_each_township_one_at_least_is_asked_by_phone_unless_nobody_is_to_be(
    tmp_path: Path, share: float, sampled: int
) -> None:
    homes = {1: "安阳镇", 2: "安阳镇", 3: "安阳镇", 4: "高岭镇"}
    said = {"kind": "whereabouts", "value": "县外就读（填学校）", "state": "accepted", "received_on": AS_OF}
    its = off_list(
        tmp_path,
        SETTINGS.model_copy(update={"sample_share": share}),
        persons=[person(n, responsible_township=home) for n, home in homes.items()],
        answers=[said | {"answer_id": f"A{n}", "person_id": f"P{n}"} for n in homes],
    )
    assert sum(row["sampled"] is not None for row in its) == sampled
    assert not sampled or {row["township"] for row in its if row["sampled"]} == set(homes.values())
