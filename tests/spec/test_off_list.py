"""The standing list of who is off the list by an answer (凭答复销号). All persons are made up (虚构)."""

import json
from datetime import date
from pathlib import Path

import pytest

from reports.answer_listings import OFF_LIST_SHEET, RECEIPT_SHEET
from reports.list_rows import read_lists
from schemas.answers import REPORT_OF_ANOTHER_AGE
from schemas.settings import Settings
from tests.lib.made_up_tables import write_table, write_tables
from tests.lib.plan_county import SETTINGS

AS_OF = date(2020, 9, 30)
Rows = list[dict[str, object]]
_EMPTY = ("persons", "records", "identities", "unaccounted", "cases", "findings", "links", "changes", "answers", "files")


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
        "name": "韦某1",
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


def test_who_is_off_the_list_by_a_pair_judged_one_person_stands_on_it_with_whom_it_was_joined(tmp_path: Path) -> None:
    day = date(2020, 9, 21)
    of_police = {"record_id": "r1", "registry": "huji", "name": "韦某1", "id_number": "451228201001010011"}
    of_school = {"record_id": "r2", "registry": "xueji", "name": "韦某乙", "id_raw": "J1", "school": "安阳镇中心小学"}
    sides = [
        ["公安户籍", "韦某1", "451228201001010011", "2010-01-01", None, None],
        ["学籍系统", "韦某乙", "J1", None, None, None],
    ]
    said = {
        "answer_id": "A1",
        "kind": "pair",
        "value": "是",
        "state": "accepted",
        "answered_on": day,
        "answered_by": "黄某",
        "decided_by": "陆某",
    }
    link = {"record_id_l": "r1", "record_id_r": "r2", "probability": 1.0, "decision": "match", "answer": f"核查为同一人，{day}"}
    tables = {
        "persons": [person(1, whereabouts_rule="student_record_open")],
        "records": [of_police, of_school],
        "identities": [{"person_id": "P1", "record_id": record} for record in ("r1", "r2")],
        "answers": [said | {"about": json.dumps([json.dumps(side) for side in sides])}],
    }
    (row,) = off_list(tmp_path, links=[link], **tables)
    assert (row["person_id"], row["value"], row["answered_by"], row["decided_by"], row["sampled"]) == (
        "P1",
        "是同一人",
        "黄某",
        "陆某",
        "抽查",
    )
    assert row["detail"] == "与学籍系统，韦某乙，J1，安阳镇中心小学 并为一人"
    listed = {"person_id": "P1", "name": "韦某1", "reason": "dropped_out", "follow_up": "visit", "whereabouts": "dropped_out"}
    listed |= {"case_id": "C1", "first_listed": AS_OF, "sources": "x"}
    assert not off_list(tmp_path / "listed", links=[link], unaccounted=[listed], **tables)
    assert not off_list(tmp_path / "matched", links=[link | {"answer": None}], **tables)  # which the matcher has joined


@pytest.mark.parametrize(("in_cohort", "told"), [(False, True), (True, False)])
def test_the_receipt_of_a_report_says_that_its_person_is_out_of_range(tmp_path: Path, in_cohort: bool, told: bool) -> None:
    written = write_tables(tmp_path / "tables")
    record = {
        "record_id": "r1",
        "registry": "xiangzhen",
        "name": "韦某1",
        "report_state": "found",
        "state_date": AS_OF,
        "birthdate": date(2010, 1, 1),
    }
    said = {
        "answer_id": "A1",
        "kind": "report",
        "value": "新发现",
        "name": "韦某1",
        "birthdate": "2010-01-01",
        "state": "accepted",
    }
    tables: dict[str, Rows] = {
        "persons": [person(1, in_cohort=in_cohort)],
        "records": [record],
        "identities": [{"person_id": "P1", "record_id": "r1"}],
        "answers": [said | {"answered_on": AS_OF, "received_on": AS_OF, "township": "安阳镇"}],
    }
    for table in _EMPTY:
        write_table(written, table, tables.get(table, []))
    (row,) = read_lists(written, AS_OF, SETTINGS).frames[RECEIPT_SHEET.title].to_pylist()
    assert (row["why"] == REPORT_OF_ANOTHER_AGE) is told
