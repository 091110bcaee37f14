"""What an officer's answer needs before it counts: what lacks it takes no child off the list, and its row is told why. All persons are
made up (虚构)."""

from datetime import date, timedelta

import pandas as pd
import pytest

from pipelines.answers.reported import kept_whereabouts, latest_confirmed_by_name, reported_handling, reported_whereabouts
from pipelines.answers.returned import ReturnedRow
from schemas.decisions import DECISION_TABLE
from schemas.tables import TABLES
from schemas.whereabouts import ANSWERS
from tests.lib.plan_county import PLACES

AS_OF = date(2020, 4, 23)
ELSEWHERE = {
    "person_id": "P0000001",
    "name": "韦家一",
    "said": "县外就读（填学校）",
    "school_said": "南宁市某小学",
    "checked_on": "2020-04-20",
}
HANDLED = {"case_id": "C0000001", "person_id": "P0000001", "said": "已更正", "checked_on": "2020-04-20"}
LOG = pd.DataFrame({"case_id": ["C0000001", "C0000002"], "person_id": ["P0000001", "P0000002"]})
NAMES = pd.DataFrame({"person_id": ["P0000001"], "name": ["韦家一"]})


def answered(*entries: tuple[str, date]) -> pd.DataFrame:
    """The case log with these answers about one listed child, as one that its school is named for, on the night after their day."""
    rows = [
        {"entry": n, "as_of": day + timedelta(days=1), "event": "answered", "kind": "list", "person_id": "P0000001", "answer": answer,
         "answer_detail": "南宁市某小学", "answered_on": day, "content": '{"name": "韦家一"}'}
        for n, (answer, day) in enumerate(entries, 2)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=TABLES["case_log"].names)


def row(cells: dict[str, str | None], number: int = 2) -> ReturnedRow:
    return ReturnedRow("安阳镇.xlsx", "去向不明儿童", number, cells)


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_of_the_drop_down_is_taken(answer: str) -> None:
    outside = {"school_said": "南宁市某小学", "note": "都教字〔2020〕8号"}
    answers, refused = reported_whereabouts([row(ELSEWHERE | outside | {"said": answer})], AS_OF, PLACES)
    assert (answers["answer"].tolist(), refused) == ([answer], [])


def test_every_whereabouts_that_an_answer_stands_for_is_decided_by_it() -> None:
    decided = {code for code in ANSWERS.values() if code for row in DECISION_TABLE if f"answered = '{code}'" in row.condition}
    assert decided == {code for code in ANSWERS.values() if code}


def test_a_whole_answer_is_taken() -> None:
    answers, refused = reported_whereabouts([row(ELSEWHERE)], AS_OF, PLACES)
    assert (answers["whereabouts"].tolist(), refused) == (["enrolled_elsewhere"], [])


@pytest.mark.parametrize(
    ("changed", "rule", "told"),
    [
        ({"person_id": None}, "answer_incomplete", "人员编号或姓名被删除"),
        ({"name": None}, "answer_incomplete", "人员编号或姓名被删除"),
        ({"checked_on": None}, "answer_incomplete", "核查日期未填"),
        ({"checked_on": "2020-04-24"}, "answer_incomplete", "不在本学期内"),  # tomorrow
        ({"checked_on": "2020-01-20"}, "answer_incomplete", "不在本学期内"),
        ({"school_said": None}, "answer_incomplete", "未填就读学校"),
        ({"school_said": "无"}, "answer_incomplete", "未填就读学校"),
        ({"school_said": "都安县民族中学"}, "answer_incomplete", "本县的学校"),
        ({"said": "因身体原因免学、缓学（附批准件）"}, "answer_incomplete", "批准文号"),
        ({"said": "在外婆家"}, "answer_unknown", "不在下拉列表中"),
        ({"said": None}, "answer_incomplete", "未选核查去向"),
        ({"said": " ", "school_said": None, "note": "在外婆家"}, "answer_incomplete", "未选核查去向"),
    ],
)
def test_an_answer_that_lacks_something_takes_nobody_off_the_list(changed: dict[str, str | None], rule: str, told: str) -> None:
    answers, refused = reported_whereabouts([row(ELSEWHERE | changed)], AS_OF, PLACES)
    assert not len(answers)
    assert [(r.rule, r.row) for r in refused] == [(rule, 2)] and told in refused[0].message
    assert not {"韦家一", "南宁市某小学"} & set(refused[0].message.split("，"))


def test_an_empty_row_is_no_answer() -> None:
    empty = ELSEWHERE | {"school_said": None, "said": None}  # somebody has filled in the day of the whole column
    answers, refused = reported_whereabouts([row(empty), row(empty | {"said": " "})], AS_OF, PLACES)
    assert not len(answers) and not refused


def test_two_answers_of_one_day_that_contradict_each_other_take_nobody_off_the_list() -> None:
    rows = [row(ELSEWHERE), row(ELSEWHERE | {"said": "仍未找到", "school_said": None}, 3)]
    answers, _ = reported_whereabouts(rows, AS_OF, PLACES)
    confirmed, refused = latest_confirmed_by_name(answers, NAMES, kept_whereabouts(answered(), AS_OF))
    assert not len(confirmed)
    assert sorted((r.rule, r.row) for r in refused) == [("answers_contradict", 2), ("answers_contradict", 3)]


def test_an_answer_counts_whatever_becomes_of_its_workbook_until_a_later_one_or_the_next_semester() -> None:
    none, elsewhere = reported_whereabouts([], AS_OF, PLACES)[0], "县外就读（填学校）"
    for log, as_of, counts in (
        (answered((elsewhere, date(2020, 4, 20))), AS_OF, [elsewhere]),
        (answered((elsewhere, date(2020, 4, 20)), ("仍未找到", date(2020, 4, 21))), AS_OF, ["仍未找到"]),
        (answered(("仍未找到", date(2020, 4, 21)), (elsewhere, date(2020, 4, 20))), AS_OF, ["仍未找到"]),
        (answered((elsewhere, date(2020, 4, 20))), date(2020, 4, 20), []),  # a look back: it had not come yet
        (answered((elsewhere, date(2020, 4, 20))), date(2020, 9, 1), []),
    ):
        confirmed, refused = latest_confirmed_by_name(none, NAMES, kept_whereabouts(log, as_of))
        assert (confirmed["answer"].tolist(), refused) == (counts, [])


@pytest.mark.parametrize(
    ("day", "counts"), [("2020-04-19", "仍未找到"), ("2020-04-20", "县外就读（填学校）"), ("2020-04-21", "县外就读（填学校）")]
)
def test_of_an_answer_in_the_inbox_and_one_taken_before_the_later_counts(day: str, counts: str) -> None:
    answers, _ = reported_whereabouts([row(ELSEWHERE | {"checked_on": day})], AS_OF, PLACES)
    kept = kept_whereabouts(answered(("仍未找到", date(2020, 4, 20))), AS_OF)
    assert latest_confirmed_by_name(answers, NAMES, kept)[0]["answer"].tolist() == [counts]


def test_an_answer_taken_before_does_not_count_for_somebody_else_who_has_the_number_now() -> None:
    none, kept = reported_whereabouts([], AS_OF, PLACES)[0], kept_whereabouts(answered(("确属辍学", date(2020, 4, 20))), AS_OF)
    assert not len(latest_confirmed_by_name(none, NAMES.assign(name="韦家二"), kept)[0])


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"said": "改好了"}, "answer_unknown"),
        ({"checked_on": None}, "answer_incomplete"),
        ({"checked_on": "2020-05-20"}, "answer_incomplete"),  # not yet
        ({"case_id": None}, "answer_incomplete"),
        ({"person_id": None}, "answer_incomplete"),
        ({"case_id": "C0000002"}, "answer_of_another"),
    ],
)
def test_how_a_discrepancy_was_handled_needs_a_choice_a_day_and_its_own_case(changed: dict[str, str | None], rule: str) -> None:
    answers, refused = reported_handling([row(HANDLED | changed)], LOG, AS_OF)
    assert not len(answers)
    assert [r.rule for r in refused] == [rule]


def test_of_two_answers_about_a_case_the_later_counts_and_not_handled_yet_is_none() -> None:
    rows = [
        row(HANDLED | {"checked_on": "2020-04-21", "right_value": "2010-01-15"}),
        row(HANDLED, 3),
        row(HANDLED | {"said": "未处理"}, 4),
    ]
    answers, refused = reported_handling(rows, LOG, AS_OF)
    assert (answers["said"].tolist(), refused) == (["已更正，正确值 2010-01-15，2020-04-21"], [])
