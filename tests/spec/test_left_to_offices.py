"""Children of whom the township has answered all that it can, so that what is left is an office's (待部门更正). All persons are made up (虚构)."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from reports.answer_listings import ACCEPTANCE_SHEET, CORRECTIONS_SHEET, RECEIPT_SHEET, WITH_OFFICE_SHEET
from reports.list_rows import RunLists, list_counts, read_lists
from reports.listings import CHILDREN_SHEET
from schemas.answers import ALREADY_ONE, ANSWER_DOUBTS, STILL_ABSENT
from schemas.calendar import semester_start
from tests.lib.made_up_tables import write_table, write_tables
from tests.lib.plan_county import SETTINGS

AS_OF, LISTED_ON, DAY = date(2020, 4, 15), date(2020, 3, 2), date(2020, 4, 1)
Row = dict[str, object]
_EMPTY = (
    "persons",
    "records",
    "identities",
    "unaccounted",
    "cases",
    "findings",
    "links",
    "changes",
    "answers",
    "case_log",
    "files",
)
PERSON: Row = {
    "person_id": "P1", "name": "韦家一", "id_number": "451228201001150014", "birthdate": date(2010, 1, 15), "in_cohort": True,
    "whereabouts": "dropped_out", "township": "安阳镇", "responsible_township": "安阳镇", "student_state": "dropped_out", "school": "安阳镇中心小学",
}  # fmt: skip
CHILD: Row = {
    "person_id": "P1", "name": "韦家一", "id_number": "451228201001150014", "birthdate": date(2010, 1, 15), "township": "安阳镇",
    "whereabouts": "unaccounted", "reason": "no_student_record", "follow_up": "visit", "case_id": "C1", "first_listed": LISTED_ON, "sources": "x",
}  # fmt: skip
CASE: Row = {
    "case_id": "C1",
    "kind": "list",
    "person_id": "P1",
    "rule": "unaccounted",
    "since": LISTED_ON,
    "weeks": 6,
    "state": "answered",
}
OPENED: Row = {
    "entry": 1,
    "as_of": LISTED_ON,
    "event": "opened",
    "case_id": "C1",
    "kind": "list",
    "content": '{"reason": "no_student_record"}',
}
DEAD: Row = {
    "answer_id": "A1", "kind": "whereabouts", "case_id": "C1", "person_id": "P1", "name": "韦家一", "township": "安阳镇", "value": "死亡",
    "answered_by": "黄某", "answered_on": DAY, "received_on": DAY, "file": "安阳镇.xlsx", "sheet": "去向不明儿童", "row": 2, "state": "accepted",
}  # fmt: skip
BACK: Row = DEAD | {
    "kind": "report", "case_id": None, "person_id": None, "id_number": "451228201001150014", "value": "已返校", "detail": "安阳镇中心小学",
    "about": "{}",
}  # fmt: skip
BACK_RECORD: dict[str, list[Row]] = {
    "records": [{"record_id": "r1", "registry": "xiangzhen", "name": "韦家一", "id_number": "451228201001150014", "report_state": "back", "state_date": DAY}],
    "identities": [{"person_id": "P1", "record_id": "r1"}],
}  # fmt: skip
NOTHING_TO_CORRECT: Row = {
    "answer_id": "A2", "kind": "discrepancy", "case_id": "C1", "person_id": "P1", "about": "公安户籍", "value": "无需更正", "state": "accepted",
    "answered_by": "陆某", "answered_on": date(2020, 4, 8), "received_on": date(2020, 4, 8), "file": "公安局.xlsx", "sheet": "更正清单", "row": 2,
}  # fmt: skip


def lists(folder: Path, *answers: Row, child: Row = CHILD, **tables: list[Row]) -> RunLists:
    written = write_tables(folder / "tables")
    rows = {"persons": [PERSON], "unaccounted": [child], "cases": [CASE], "case_log": [OPENED], "answers": list(answers)} | tables
    for table in _EMPTY:
        write_table(written, table, rows.get(table, []))
    return read_lists(written, AS_OF, SETTINGS)


def files(registry: str, exported: list[tuple[str, str, int]]) -> list[Row]:
    """``exported``: file, status and day of April."""
    return [
        {"registry": registry, "file": file, "sheet": "", "status": status, "dated": date(2020, 4, day)}
        for file, status, day in exported
    ]


def said(run: RunLists) -> str:
    (child,) = run.frames[CHILDREN_SHEET.title].to_pylist()
    return str(child["answer"])


def asked(run: RunLists) -> int:
    return run.township("安阳镇").frames[CHILDREN_SHEET.title].num_rows


def test_what_only_an_office_can_enter_is_not_asked_again(tmp_path: Path) -> None:
    run = lists(tmp_path, DEAD)
    assert (asked(run), run.frames[CHILDREN_SHEET.title].num_rows) == (0, 1)
    (row,) = run.township("安阳镇").frames[WITH_OFFICE_SHEET.title].to_pylist()
    assert (row["person_id"], row["value"], row["keeper"]) == ("P1", "死亡", "公安局")
    counts = list_counts(tmp_path / "tables", AS_OF, SETTINGS)["安阳镇"]
    assert (counts.listed, counts.visit, counts.waiting, counts.with_office) == (1, 0, 0, 1)
    (receipt,) = run.frames[RECEIPT_SHEET.title].to_pylist()
    assert receipt["why"].startswith("已转公安局更正")
    (correction,) = run.frames[CORRECTIONS_SHEET.title].to_pylist()
    assert (correction["keeper"], correction["case_id"]) == ("公安局", "C1")


def test_the_township_is_asked_again_where_a_school_marks_the_child_as_dropped_out_since(tmp_path: Path) -> None:
    def marked(day: date) -> dict[str, list[Row]]:
        record: Row = {"record_id": "x1", "registry": "xueji", "student_state": "dropped_out", "state_date": day}
        return {"records": [record], "identities": [{"person_id": "P1", "record_id": "x1"}]}

    at_school = DEAD | {"value": "县内在读（填学校）", "detail": "安阳镇中心小学"}
    assert asked(lists(tmp_path / "since", at_school, **marked(DAY + timedelta(1)))) == 1
    assert asked(lists(tmp_path / "before", at_school, **marked(DAY))) == 0


def test_the_township_is_asked_again_where_another_answer_of_the_day_says_that_the_child_is_missing(tmp_path: Path) -> None:
    assert asked(lists(tmp_path / "back", BACK, **BACK_RECORD)) == 0
    assert asked(lists(tmp_path / "both", BACK, DEAD | {"answer_id": "A0", "value": "确属辍学"}, **BACK_RECORD)) == 1


@pytest.mark.parametrize("value", ["确属辍学", "仍未找到", "从未入学"])
def test_what_the_township_is_to_go_on_with_is_asked_again(tmp_path: Path, value: str) -> None:
    assert asked(lists(tmp_path, DEAD | {"value": value})) == 1


def test_the_township_is_asked_again_where_the_office_finds_nothing_to_correct(tmp_path: Path) -> None:
    run = lists(tmp_path, DEAD, NOTHING_TO_CORRECT)
    assert asked(run) == 1 and said(run).endswith("；公安户籍：无需更正，陆某，2020-04-08")
    before = lists(tmp_path / "before", DEAD | {"received_on": date(2020, 4, 9)}, NOTHING_TO_CORRECT)
    assert asked(before) == 0, "the office's word came before the answer"
    of_another = lists(tmp_path / "other", DEAD, NOTHING_TO_CORRECT | {"about": "学籍系统"})
    assert asked(of_another) == 0, "the police have not answered"


@pytest.mark.parametrize(
    ("value", "detail", "again"), [("已更正", None, 0), ("转相关部门", None, 1), (None, "正常（本人在世）", 1)]
)
def test_only_a_system_that_is_corrected_needs_no_township(
    tmp_path: Path, value: str | None, detail: str | None, again: int
) -> None:
    later = NOTHING_TO_CORRECT | {"answer_id": "A3", "value": value, "detail": detail, "answered_on": date(2020, 4, 10)}
    assert asked(lists(tmp_path, DEAD, NOTHING_TO_CORRECT, later)) == again


@pytest.mark.parametrize(
    ("exported", "again"),
    [
        ([], 0),
        ([("户籍一.xlsx", "read", 10)], 0),  # the day of 已更正: made before it, perhaps
        ([("户籍一.xlsx", "read", 11)], 1),
        ([("户籍一.xlsx", "superseded", 11), ("户籍一.xlsx", "stale", 9)], 0),
        ([("户籍一.xlsx", "read", 9), ("户籍二.xlsx", "read", 12)], 0),  # the child's row is in the first
    ],
)
def test_the_township_is_asked_again_where_a_later_export_does_not_have_the_correction(
    tmp_path: Path, exported: list[tuple[str, str, int]], again: int
) -> None:
    record: Row = {"record_id": "h1", "registry": "huji", "file": "户籍一.xlsx", "sheet": "", "row": 2}
    corrected = NOTHING_TO_CORRECT | {"value": "已更正", "answered_on": date(2020, 4, 10)}
    run = lists(
        tmp_path,
        DEAD,
        corrected,
        records=[record],
        identities=[{"person_id": "P1", "record_id": "h1"}],
        files=files("huji", exported),
    )
    assert asked(run) == again and "公安户籍：已更正" in said(run)
    (row,) = run.frames[CORRECTIONS_SHEET.title].to_pylist()
    assert row["answer"].startswith("已更正"), "the office still has its row"


@pytest.mark.parametrize(("days", "again"), [((11, 9), 0), ((11, 12), 1)])
def test_where_the_system_has_no_row_of_the_child_the_oldest_of_its_files_tells(
    tmp_path: Path, days: tuple[int, int], again: int
) -> None:
    here = DEAD | {"value": "县内在读（填学校）", "detail": "安阳镇中心小学"}
    corrected = NOTHING_TO_CORRECT | {"about": "学籍系统", "value": "已更正", "answered_on": date(2020, 4, 10)}
    exported = files("xueji", [(f"{day}.xlsx", "read", day) for day in days])
    assert asked(lists(tmp_path, here, corrected, files=[*exported, *files("huji", [("户籍.xlsx", "read", 1)])])) == again


def test_an_answer_that_came_before_its_day_stands_on_the_receipt_of_its_semester(tmp_path: Path) -> None:
    begins = semester_start(AS_OF)
    early = DEAD | {"received_on": begins - timedelta(1), "answered_on": begins}
    before = DEAD | {"answer_id": "A0", "received_on": begins - timedelta(1), "answered_on": begins - timedelta(1)}
    run = lists(tmp_path, early, before)
    assert [row["answered_on"] for row in run.frames[RECEIPT_SHEET.title].to_pylist()] == [begins]


def test_each_office_reads_its_own_word(tmp_path: Path) -> None:
    by_township = NOTHING_TO_CORRECT | {"answer_id": "A4", "about": None, "answered_by": "黄某"}
    of_police = {
        row["keeper"]: row
        for row in lists(tmp_path, DEAD, NOTHING_TO_CORRECT, by_township).frames[CORRECTIONS_SHEET.title].to_pylist()
    }
    assert of_police.keys() == {"公安局"} and of_police["公安局"]["answer"].startswith("无需更正")
    nobody = (
        lists(tmp_path / "none", DEAD, NOTHING_TO_CORRECT | {"about": "学籍系统"}).frames[CORRECTIONS_SHEET.title].to_pylist()
    )
    assert [row["answer"] for row in nobody] == [None]


@pytest.mark.parametrize("reason", ["dropped_out", "reported_absent"])
def test_the_township_is_asked_again_where_the_child_is_listed_for_a_graver_reason_since(tmp_path: Path, reason: str) -> None:
    here = DEAD | {"value": "县内在读（填学校）", "detail": "安阳镇中心小学"}
    worse = CHILD | {"reason": reason, "whereabouts": "dropped_out"}
    assert (asked(lists(tmp_path / "a", here)), asked(lists(tmp_path / "b", here, child=worse))) == (0, 1)
    as_before = OPENED | {"content": json.dumps({"reason": reason})}
    assert asked(lists(tmp_path / "c", here, child=worse, case_log=[as_before])) == (reason == "reported_absent")


@pytest.mark.parametrize(
    ("state", "day", "again"),
    [("absent", date(2020, 4, 2), 1), ("found", DAY, 1), ("found", date(2020, 3, 30), 0), ("back", DAY, 0)],
)
def test_a_report_of_the_child_since_ends_it(tmp_path: Path, state: str, day: date, again: int) -> None:
    since = {"record_id": "r1", "registry": "xiangzhen", "name": "韦家一", "report_state": state, "state_date": day}
    assert asked(lists(tmp_path, DEAD, records=[since], identities=[{"person_id": "P1", "record_id": "r1"}])) == again


@pytest.mark.parametrize(("value", "again"), [("死亡", 0), ("户籍已迁出", 1)])
def test_of_a_pupil_who_is_not_there_only_its_death_is_an_offices(tmp_path: Path, value: str, again: int) -> None:
    absent = CHILD | {"reason": "reported_absent", "whereabouts": "dropped_out"}
    as_before = OPENED | {"content": json.dumps({"reason": "reported_absent"})}
    run = lists(tmp_path, DEAD | {"value": value}, child=absent, case_log=[as_before])
    (receipt,) = run.frames[RECEIPT_SHEET.title].to_pylist()
    assert asked(run) == again and receipt["why"].startswith(STILL_ABSENT if again else "已转公安局更正")


@pytest.mark.parametrize(("day", "told"), [(date(2020, 4, 3), True), (DAY, True), (date(2020, 3, 31), False)])
def test_the_county_is_told_that_a_report_that_waits_was_answered_otherwise_since(tmp_path: Path, day: date, told: bool) -> None:
    said = DEAD | {"answer_id": "A0", "value": "确属辍学", "answered_on": day, "received_on": day}
    run = lists(tmp_path, BACK | {"state": "waiting"}, said)
    (waits,) = (row for row in run.frames[ACCEPTANCE_SHEET.title].to_pylist() if row["value"] == "已返校")
    assert (ANSWER_DOUBTS["answered_since"] in (waits["doubt_name"] or "")) == told


@pytest.mark.parametrize(
    ("linked", "why"), [([], ALREADY_ONE), ([{"record_id_l": "r1", "record_id_r": "r2", "answer_id": "A1"}], None)]
)
def test_who_said_that_two_are_one_hears_that_the_matcher_found_so_by_itself(
    tmp_path: Path, linked: list[Row], why: str | None
) -> None:
    run = lists(tmp_path, DEAD | {"kind": "pair", "value": "是", "about": "[]", "state": "waiting"}, links=linked)
    (receipt,) = run.frames[RECEIPT_SHEET.title].to_pylist()
    assert receipt["why"] == why


def test_a_later_answer_goes_before_one_that_came_later(tmp_path: Path) -> None:
    later = DEAD | {"answer_id": "A3", "value": "确属辍学", "answered_on": date(2020, 4, 3), "received_on": date(2020, 4, 3)}
    assert asked(lists(tmp_path, later, DEAD | {"received_on": date(2020, 4, 6)})) == 1


def test_an_answer_of_an_earlier_listing_is_none_to_this_one(tmp_path: Path) -> None:
    assert asked(lists(tmp_path, DEAD, cases=[CASE | {"since": date(2020, 4, 10)}])) == 1
    last_semester = [CASE | {"since": date(2019, 11, 1)}]
    assert asked(lists(tmp_path / "before", DEAD | {"answered_on": date(2019, 12, 2)}, cases=last_semester)) == 1


def test_a_report_that_the_child_is_back_stands_beside_it_and_goes_to_the_bureau(tmp_path: Path) -> None:
    run = lists(tmp_path, BACK, **BACK_RECORD)
    assert said(run).startswith("已返校（安阳镇中心小学），2020-04-01，已采用")
    (correction,) = run.frames[CORRECTIONS_SHEET.title].to_pylist()
    assert (asked(run), correction["keeper"], correction["case_id"]) == (0, "教育局", "C1")
    assert "安阳镇中心小学" in correction["value_right"]


@pytest.mark.parametrize(
    ("state", "why", "told"),
    [
        ("returned", {"decided_why": "查无此人"}, "县退回：查无此人"),
        ("refused", {"refusal": "school_is_none"}, "未采用：第 2 行就读学校一栏"),
    ],
)
def test_a_report_that_was_not_taken_is_told_beside_the_child(tmp_path: Path, state: str, why: Row, told: str) -> None:
    run = lists(tmp_path, BACK | {"state": state} | why)
    assert told in said(run) and asked(run) == 1


def test_a_report_that_fits_two_children_stands_beside_neither(tmp_path: Path) -> None:
    twins = [CHILD, CHILD | {"person_id": "P2", "case_id": "C2", "id_number": "451228201001150030"}]
    same = BACK | {"id_number": None, "birthdate": "2010-01-15", "state": "waiting"}
    run = lists(tmp_path, same, unaccounted=twins, persons=[PERSON, PERSON | {"person_id": "P2"}])
    assert [child["answer"] for child in run.frames[CHILDREN_SHEET.title].to_pylist()] == [None, None]


def test_an_office_that_the_rule_names_is_told_though_it_has_no_row_of_the_child(tmp_path: Path) -> None:
    """重度残疾未安置 rests on the federation's certificate; the education bureau is to place the child."""
    certificate = {
        "record_id": "r1",
        "registry": "canlian",
        "name": "韦家一",
        "id_number": "451228201001150014",
        "file": "残联.xlsx",
        "sheet": "",
        "row": 2,
    }
    finding = {
        "finding_id": "F1", "person_id": "P1", "rule": "severe_disability_unplaced", "severity": "high", "field": "安置", "registry_a": "canlian",
        "record_id_a": "r1", "value_a": "智力一级", "value_b": "无在读学籍", "township": "安阳镇", "in_cohort": True, "case_id": "C9", "kind": None,
        "address_a": "残联系统《残联.xlsx》第2行",
    }  # fmt: skip
    run = lists(tmp_path, unaccounted=[], records=[certificate], findings=[finding])
    told = {row["keeper"]: row for row in run.frames[CORRECTIONS_SHEET.title].to_pylist()}
    assert told.keys() == {"残联", "教育局"}
    assert (told["残联"]["file"], told["教育局"]["file"], told["教育局"]["name"]) == ("残联.xlsx", None, "韦家一")
    assert "送教上门" in told["教育局"]["value_right"]
