"""What the county is to ask about before it accepts an answer; who signed. All persons are made up (虚构)."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.answers.answer_doubts import doubt_of, many_to_one
from pipelines.answers.answer_needs import Background, accepted_schools, refusal_of
from pipelines.answers.approvals import one_for_many
from pipelines.answers.early_states import early_states
from pipelines.answers.received import ReceivedAnswer, answers_table
from pipelines.answers.returned import ReturnedRow
from pipelines.answers.same_school import may_be_one, school_name
from pipelines.answers.schools import Schools
from reports.answer_listings import ACCEPTANCE_SHEET
from reports.list_rows import read_lists
from tests.lib.made_up_tables import write_table, write_tables
from tests.lib.plan_county import PLACES, SETTINGS

DAY = date(2020, 4, 20)
KNOWN = Background(date(2020, 4, 23), schools=Schools(["安阳镇中心小学"], PLACES))
ONE = (
    "广东省东莞市长安镇第一中学",
    "广东东莞长安第一中学",
    "东莞市长安镇第一中学",
    "长安镇第一中学初一（3）班",
    "广东省长安镇第一中学",
    "东莞长安一中",
    "东莞市长安镇第1中学",
    "东莞市长安镇第一初级中学",
    "东莞市长安镇第一中学（初中部）",
    "东莞市长安镇第一中学(东校区)",
    "长安镇一中东校区",
)
BACK = {
    "answer_id": "A00000000001", "kind": "report", "name": "韦家一", "id_number": "451228201001150014", "value": "已返校",
    "detail": "安阳镇中心小学", "answered_by": "韦某", "answered_on": DAY, "township": "安阳镇", "received_on": KNOWN.as_of,
    "source": "workbook", "file": "安阳镇.xlsx", "sheet": "名在人不在", "row": 2,
}  # fmt: skip


def answer(**more: object) -> dict[str, object]:
    return answers_table([BACK | more]).astype(object).where(lambda table: table.notna(), None).to_dict("records")[0]


@pytest.mark.parametrize(
    "nobody", ["不详", "未知", "无", "不 知道", "同上", "某某", "。", "——", "（不详）", "无。", "XXX", "核查人", "N/A", ""]
)
def test_a_word_that_names_nobody_is_no_signature(nobody: str) -> None:
    assert refusal_of(answer(answered_by=nobody), KNOWN) == "not_signed"


@pytest.mark.parametrize("somebody", ["韦某", "韦无忌", "WEI", "村干部韦某、教师陆某", "吴明", "阿卜杜拉·买买提"])
def test_a_name_is_a_signature(somebody: str) -> None:
    assert refusal_of(answer(answered_by=somebody), KNOWN) is None


@pytest.mark.parametrize("left", ONE)
@pytest.mark.parametrize("right", ONE)
def test_spellings_of_the_place_before_a_school_make_no_other_school(left: str, right: str) -> None:
    assert may_be_one(school_name(left), school_name(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("东莞市第一中学", "广州市第一中学"),
        ("湖南省第一中学", "广东省第一中学"),
        ("东莞市长安镇第一中学", "东莞市虎门镇第一中学"),
        ("东莞市长安镇第一中学", "东莞市长安镇第二中学"),
        ("深圳市中学", "深圳市小学"),
        ("东莞市第一中学", "东莞市第一小学"),
        ("东莞市第1中学", "东莞市第十一中学"),
        ("东莞市第一初级中学", "东莞市第一高级中学"),
    ],
)
def test_schools_of_other_places_are_others(left: str, right: str) -> None:
    assert not may_be_one(school_name(left), school_name(right))


def test_many_children_of_one_day_are_found_under_every_spelling_of_the_place() -> None:
    sent = {"kind": "whereabouts", "township": "安阳镇", "answered_on": DAY}
    rows = [sent | {"person_id": f"P{n}", "detail": school} for n, school in enumerate((*ONE, "广州市第一中学"))]
    assert many_to_one(answers_table(rows)).tolist() == [True] * len(ONE) + [False]
    assert not many_to_one(answers_table([row | {"person_id": "P1"} for row in rows])).any()  # one child
    reports = [sent | {"kind": "report", "id_number": str(n), "detail": "安阳镇中心小学"} for n in range(5)]
    assert many_to_one(answers_table(reports)).all()


@pytest.mark.parametrize(
    ("notes", "more", "found"),
    [
        (["都教字〔2020〕8号", "（2020）都教字[2020]第8号", "见都教〔2020〕008号"], {}, True),
        (["都教字〔2020〕8号", "都教字〔2020〕8号", "都教字〔2020〕9号"], {}, False),
        (["都教字〔2020〕8号"] * 3, {"person_id": "P1"}, False),
        (["都教字〔2020〕8号"] * 3, {"township": ["安阳镇", "高岭镇", "安阳镇"]}, False),
        (["都教字〔2020〕8号"] * 3, {"answered_on": [DAY, date(2020, 4, 21), date(2020, 4, 22)]}, True),  # in one file
        (["都教字〔2020〕8号"] * 3, {"file": ["一.xlsx", "二.xlsx", "三.xlsx"]}, True),  # of one day
    ],
)
def test_an_approval_given_for_several_children_is_found(notes: list[str], more: dict[str, object], found: bool) -> None:
    said = {"township": "安阳镇", "answered_on": DAY, "file": "安阳镇.xlsx", "person_id": [f"P{n}" for n in range(3)]} | more
    answers = answers_table([{"evidence": note} for note in notes]).assign(**said)
    assert one_for_many(answers).tolist() == [found] * 3


def test_a_school_outside_the_county_that_nothing_has_named_is_marked_until_the_county_has_accepted_it_once() -> None:
    said = {"kind": "whereabouts", "value": "县外就读（填学校）", "detail": "广东省东莞市长安镇第一中学"}
    assert doubt_of(answer(**said), KNOWN) == "school_seen_nowhere"
    assert doubt_of(answer(**said | {"detail": "安阳镇中心小学"}), KNOWN) is None
    assert doubt_of(answer(**said | {"value": "县内在读（填学校）"}), KNOWN) == "school_not_in_registries"
    word = {"kind": "acceptance", "about": "A0", "value": "同意", "state": "accepted", "answer_id": "AX"}
    taken = BACK | said | {"state": "accepted", "detail": "东莞长安第一中学", "answer_id": "A0"}
    before = answers_table([taken, word])
    accepted = Background(KNOWN.as_of, schools=KNOWN.schools, accepted_schools=accepted_schools(before))
    assert doubt_of(answer(**said), accepted) is None
    assert doubt_of(answer(**said | {"detail": "东莞长安第一初级中学"}), accepted) == "school_seen_nowhere"  # it may be another
    assert not accepted_schools(answers_table([taken]))  # taken without the county's word
    assert not accepted_schools(answers_table([taken, word | {"value": "退回"}]))


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({}, None),
        ({"detail": None}, "school_missing"),
        ({"detail": "不清楚"}, "school_is_none"),
        ({"detail": "返校了，在学校"}, "school_is_none"),
        ({"answered_on": date(2020, 1, 10)}, "day_of_last_semester"),
        ({"answered_on": None}, "day_missing"),
        ({"value": "名在人不在", "detail": None, "answered_on": date(2020, 1, 10)}, None),  # which hides nobody
    ],
)
def test_that_a_pupil_is_back_needs_its_school_and_a_day_of_this_semester(changed: dict[str, object], rule: str | None) -> None:
    assert refusal_of(answer(**changed), KNOWN) == rule


@pytest.mark.parametrize(
    ("changed", "state"),
    [({}, "accepted"), ({"detail": "安阳镇第九小学"}, "waiting"), ({"detail": None}, "refused")],
)
def test_a_pupil_back_at_a_school_that_nothing_has_named_waits_even_where_nothing_is_accepted(
    changed: dict[str, object], state: str
) -> None:
    told = ReceivedAnswer(ReturnedRow("安阳镇.xlsx", "名在人不在", 2, {}), answer(**changed))
    states = early_states("report", [told], answers_table([]), KNOWN.as_of, acceptance=False, schools=KNOWN.schools)
    assert states["state"].tolist() == [state]


def test_a_report_about_another_townships_child_or_one_without_a_record_is_marked_for_the_county(tmp_path: Path) -> None:
    tables = write_tables(tmp_path / "tables")
    for table in ("persons", "records", "identities", "unaccounted", "cases", "findings", "links", "changes", "answers"):
        write_table(tables, table, [])
    child = {"in_cohort": True, "whereabouts": "enrolled", "whereabouts_rule": "in_school", "township": "安阳镇"}
    persons = [
        child | {"person_id": "P1", "id_number": "1", "responsible_township": "安阳镇", "student_state": "in_school"},
        child | {"person_id": "P2", "id_number": "2", "responsible_township": "高岭镇", "student_state": "in_school"},
        child | {"person_id": "P3", "name": "韦家三", "birthdate": DAY, "responsible_township": "安阳镇"},
    ]
    write_table(tables, "persons", persons)
    said = [BACK | {"state": "waiting", "answer_id": f"A{n}", "id_number": str(n)} for n in (1, 2, 4)]
    said.append(BACK | {"state": "waiting", "answer_id": "A3", "id_number": None, "name": "韦家三", "birthdate": "2020-04-20"})
    write_table(tables, "answers", said)
    shown = read_lists(tables, date(2020, 4, 23), SETTINGS).frames[ACCEPTANCE_SHEET.title].to_pylist()
    assert {row["answer_id"]: (row["doubt_name"] or "")[:6] for row in shown} == {
        "A1": "",
        "A2": "该儿童户籍所",
        "A3": "各系统中没有",
        "A4": "各系统中没有",
    }
    assert {row["township"] for row in shown} == {"安阳镇"}  # whose answer it is


def test_a_report_with_one_childs_name_and_another_childs_id_is_shown_as_it_was_written(tmp_path: Path) -> None:
    tables = write_tables(tmp_path / "tables")
    for table in ("persons", "records", "identities", "unaccounted", "cases", "findings", "links", "changes", "answers"):
        write_table(tables, table, [])
    listed = {"person_id": "P1", "name": "韦家一", "id_number": "1", "birthdate": DAY, "township": "安阳镇"}
    known = {
        "in_cohort": True,
        "whereabouts": "enrolled",
        "whereabouts_rule": "in_school",
        "responsible_township": "安阳镇",
        "student_state": "in_school",
    }
    write_table(tables, "persons", [known | listed, known | {"person_id": "P2", "name": "蓝家二", "id_number": "2X"}])
    write_table(
        tables, "unaccounted", [listed | {"whereabouts": "unaccounted", "reason": "no_student_record", "follow_up": "visit"}]
    )
    said = BACK | {"state": "waiting", "name": "韦家一", "birthdate": "2020-04-20"}
    others = [
        said | {"answer_id": "A2", "id_number": "1"},
        said | {"answer_id": "A3", "id_number": "1", "answered_on": date(2020, 4, 1)},
    ]
    write_table(tables, "answers", [said | {"name": "韦家一", "answer_id": "A1", "id_number": "2X"}, *others])
    rows = read_lists(tables, date(2020, 4, 23), SETTINGS).frames[ACCEPTANCE_SHEET.title].to_pylist()
    shown = {row["answer_id"]: (row["name"], row["reported"], "与名册上的人不一致" in (row["doubt_name"] or "")) for row in rows}
    assert shown["A1"] == ("韦家一", "韦家一，2X，2020-04-20；该证号名册上是蓝家二", True)
    assert shown["A2"][1:] == shown["A3"][1:] == (None, False)
