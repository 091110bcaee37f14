"""What an officer's answer needs before it counts: what lacks it takes no child off the list, and its row is told why. All persons are
made up (虚构)."""

import re
from datetime import date

import pandas as pd
import pytest

from pipelines.answers.answer_needs import cases_of
from pipelines.answers.received import received_answers
from reports.answer_listings import ACCEPTANCE_SHEET
from reports.listings import CHILDREN_SHEET, FINDINGS_SHEET
from reports.row_codes import NO_KEY
from schemas.answers import ANSWER_REFUSAL_WORDS
from schemas.decisions import DECISION_TABLE
from schemas.whereabouts import ANSWERS, VOCATIONAL, VOCATIONAL_CLASS, WITHDRAWN
from tests.lib.answered_rows import (
    AS_OF,
    CHILD,
    ELSEWHERE,
    HANDLED,
    LOG,
    NAMES,
    OTHER,
    Cells,
    ledger,
    row,
)


def test_what_a_row_lacks_has_words_and_no_value() -> None:
    for words in ANSWER_REFUSAL_WORDS.values():
        assert not re.search(r"\{|\d{6}", words)


@pytest.mark.parametrize(
    "answer", [answer for answer in ANSWERS if answer != WITHDRAWN]
)  # which is of a child that a township reported
def test_every_answer_of_the_drop_down_is_taken(answer: str) -> None:
    school = "河池市职业教育中心学校" if "中职" in answer or "职教" in answer else "南宁市秀田小学"
    child = CHILD | ({"birthdate": "2004-06-01"} if answer in (VOCATIONAL, VOCATIONAL_CLASS) else {})
    taken = ledger(row(ELSEWHERE | {"said": answer, "school_said": school, "note": "都教字〔2020〕8号，家长同意"}, child))
    assert (taken.whereabouts["answer"].tolist(), taken.refused) == ([answer], [])


def test_every_whereabouts_that_an_answer_stands_for_is_decided_by_it() -> None:
    decided = {code for code in ANSWERS.values() if code for row in DECISION_TABLE if f"answered = '{code}'" in row.condition}
    assert decided == {code for code in ANSWERS.values() if code}


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"said": None}, "answer_missing"),
        ({"said": " ", "school_said": None, "note": "在外婆家"}, "answer_missing"),
        ({"said": "在外婆家"}, "answer_unknown"),
        ({"checked_by": None}, "not_signed"),
        ({"checked_by": "。"}, "not_signed"),
        ({"checked_on": None}, "day_missing"),
        ({"checked_on": "上周"}, "day_missing"),
        ({"checked_on": "2020-04-24"}, "day_ahead"),  # tomorrow
        ({"checked_on": "2020-01-20"}, "day_of_last_semester"),
        ({"checked_on": "2020-04-14"}, "day_before_listing"),
        ({"school_said": None}, "school_missing"),
        ({"school_said": "无"}, "school_missing"),
        ({"school_said": "（填学校）"}, "school_is_none"),
        ({"school_said": "都安县民族中学"}, "school_of_county"),
        ({"school_said": "安北小学"}, "school_of_county"),  # a village school, without its township
        ({"school_said": "第一中学"}, "school_without_place"),
        ({"said": "因身体原因免学、缓学（附批准件）"}, "approval_missing"),
        ({"said": "因身体原因免学、缓学（附批准件）", "note": "2020，3号到县医院看过"}, "approval_missing"),
        ({"said": "因身体原因免学、缓学（附批准件）", "note": "身体不好（2020）3号到县医院看过"}, "approval_missing"),
        ({"said": "因身体原因免学、缓学（附批准件）", "note": "都教字〔2015〕8号"}, "approval_of_other_years"),  # born in 2010
        ({"said": "因身体原因免学、缓学（附批准件）", "evidence": "都教字〔2021〕8号"}, "approval_of_other_years"),
    ],
)  # fmt: skip
def test_an_answer_that_lacks_something_takes_nobody_off_the_list(changed: Cells, rule: str) -> None:
    taken = ledger(row(ELSEWHERE | changed))
    assert not len(taken.whereabouts)
    assert [(r.rule, r.row) for r in taken.refused] == [(rule, 2)]
    assert taken.table["refusal"].tolist() == [rule] and taken.table["state"].tolist() == ["refused"]
    assert "韦家一" not in taken.refused[0].message and "小学" not in taken.refused[0].message


@pytest.mark.parametrize(
    "typed_over",
    [
        {"row_code": None},  # the hidden column was deleted
        {"row_code": row({}, OTHER).cells["row_code"]},  # only the columns on the left were sorted
        {"row_code_2": row({}, OTHER).cells["row_code"]},  # only the answer cells
        {"row_code_3": row({}, OTHER).cells["row_code"]},
        {"person_id": "P0000002"},  # a namesake's number typed over
        {"case_id": "C0000002"},
        {"name": "韦家二"},
        {"id_number": "451228201101150016"},
        {"birthdate": "2011-01-15"},
        {"township": "高岭镇"},  # another township's rows pasted in
    ],
)
def test_an_answer_whose_row_is_no_longer_whole_goes_to_no_child(typed_over: Cells) -> None:
    taken = ledger(row(ELSEWHERE, **typed_over))
    assert not len(taken.whereabouts)
    assert taken.table["refusal"].isin(["row_code_missing", "row_mixed_up"]).all()


def test_a_row_made_by_hand_with_the_program_alone_is_refused_and_so_is_one_of_before_the_key() -> None:
    first = ledger(row(ELSEWHERE), acceptance=True)
    answer = {key: first.table.iloc[0][key] for key in ("answer_id", "person_id", "name", "id_number", "value")}
    said: Cells = {"said": "同意", "checked_by": "陆某", "checked_on": "2020-04-23"}
    for key, rule in ((NO_KEY, "row_code_old"), (b"guessed", "row_mixed_up")):
        forged = ledger(row(said, answer, sheet=ACCEPTANCE_SHEET, key=key), earlier=first.table, acceptance=True)
        assert [refusal.rule for refusal in forged.refused] == [rule]
        assert forged.table.query("kind == 'whereabouts'")["state"].tolist() == ["waiting"]


def test_without_a_data_folder_the_codes_of_a_row_need_only_agree() -> None:
    whole, mixed = row(ELSEWHERE), row(ELSEWHERE, row_code_2=row({}, OTHER).cells["row_code"])
    tried = received_answers({CHILDREN_SHEET.title: [whole, mixed]}, AS_OF, None)
    assert [answer.values["refusal"] for answer in tried] == [None, "row_mixed_up"]


def test_a_program_that_writes_days_and_blanks_in_its_own_way_does_not_break_a_row() -> None:
    taken = ledger(row(ELSEWHERE, birthdate="2010/1/15", name="韦家一 ", id_number="'451228201001150014"))
    assert not taken.refused


@pytest.mark.parametrize(
    "changed",
    [{"case_id": "C0000009"}, {"person_id": "P0000002"}, {"name": "韦小三"}, {"township": "高岭镇"}, {"case_id": "C0000003"}],
)
def test_a_whole_row_of_another_folder_is_nobodys_here(changed: Cells) -> None:
    """A folder begun anew gives the same numbers to other children: the codes agree, the case does not."""
    taken = ledger(row(ELSEWHERE, CHILD | changed))
    assert not len(taken.whereabouts) and [r.rule for r in taken.refused] == ["answer_of_another"]


def test_an_empty_row_is_no_answer() -> None:
    empty = ELSEWHERE | {"school_said": None, "said": None}  # somebody has filled in the day of the whole column
    taken = ledger(row(empty), row(empty | {"said": " "}, number=3))
    assert not len(taken.table) and not taken.refused


@pytest.mark.parametrize("first", [{}, {"said": "死亡", "school_said": None}])
def test_two_answers_of_one_day_that_contradict_each_other_are_both_refused(first: Cells) -> None:
    taken = ledger(row(ELSEWHERE | first), row(ELSEWHERE | {"said": "仍未找到", "school_said": None}, number=3))
    assert not len(taken.whereabouts)
    assert sorted((r.rule, r.row) for r in taken.refused) == [("answers_contradict", 2), ("answers_contradict", 3)]


def test_the_same_row_read_again_is_the_same_answer() -> None:
    first = ledger(row(ELSEWHERE)).table
    again = ledger(row(ELSEWHERE, number=7), row(ELSEWHERE, number=8), earlier=first).table
    assert len(again) == 1 and again["row"].tolist() == [2]


def test_what_was_refused_is_checked_again_while_it_lies_in_the_inbox() -> None:
    wrong = row(ELSEWHERE | {"said": "县内在读（填学校）", "checked_on": "2020-04-24"})
    first = ledger(wrong).table
    assert first["refusal"].tolist() == ["day_ahead"]
    assert ledger(wrong, earlier=first, as_of=date(2020, 4, 24)).table["state"].tolist() == ["accepted"]


def test_of_an_answer_that_came_before_its_day_the_county_is_told_before_it_takes_the_child_off_the_list() -> None:
    early = row(ELSEWHERE | {"checked_on": "2020-04-24"})
    first = ledger(early).table
    assert (first["state"].tolist(), first["refusal"].tolist()) == (["refused"], ["day_ahead"])
    taken = ledger(early, earlier=first, as_of=date(2020, 4, 24))
    assert (taken.table["state"].tolist(), taken.table["doubt"].tolist()) == (["waiting"], ["signed_ahead"])
    assert taken.whereabouts["whereabouts"].isna().all()


def test_an_answer_does_not_count_for_somebody_else_who_has_the_number_now() -> None:
    first = ledger(row(ELSEWHERE)).table
    others = NAMES.assign(name="韦家三", id_number=["451228201001150022", None])
    now = ledger(earlier=first, records=others)
    assert now.table["refusal"].tolist() == ["person_is_another"] and not len(now.whereabouts)
    assert ledger(earlier=now.table).table["refusal"].isna().all()  # the number is the child's own again


def test_an_answer_stays_where_the_register_corrects_the_childs_name() -> None:
    first = ledger(row(ELSEWHERE)).table
    corrected = NAMES.assign(name=["韦佳一", "韦家二"])
    assert ledger(earlier=first, records=corrected).table["state"].tolist() == ["accepted"]


@pytest.mark.parametrize(
    ("born", "refusal"),
    [("2010-01-15", "too_young_for_vocational"), ("2007-04-20", None), ("2007-04-21", "too_young_for_vocational")],
)
def test_nobody_is_at_a_vocational_school_before_thirteen(born: str, refusal: str | None) -> None:
    child = CHILD | {"birthdate": born}
    said = ELSEWHERE | {"said": "中职、技工学校就读（填学校）", "school_said": "都安县职业教育中心"}
    log = LOG.assign(content=LOG["content"].str.replace("2010-01-15", born))
    taken = ledger(row(said, child), log=log).table
    assert taken["refusal"].tolist() == [refusal]


@pytest.mark.parametrize(
    ("born", "more", "refusal"),
    [
        ("2004-06-01", {}, None),
        ("2004-06-01", {"school_said": "都安县职业教育中心“文化教育+职业技能”提升班"}, None),
        ("2004-06-01", {"school_said": "职教提升班"}, "school_missing"),
        ("2004-06-01", {"note": "在广东务工两年"}, "consent_missing"),
        ("2004-06-01", {"note": "家长不同意"}, "consent_missing"),
        ("2005-04-21", {}, "not_of_class_age"),  # 15 the day after
        ("2003-04-20", {}, "not_of_class_age"),  # 17 that day
    ],
)
def test_the_class_of_the_vocational_school_is_for_those_of_15_and_16_whose_parents_agree(
    born: str, more: Cells, refusal: str | None
) -> None:
    child = CHILD | {"birthdate": born}
    said = {"said": VOCATIONAL_CLASS, "school_said": "都安县职业教育中心", "note": "家长同意，本人自愿"}
    taken = ledger(row(ELSEWHERE | said | more, child), acceptance=True).table
    assert taken[["state", "refusal"]].values.tolist() == [["refused", refusal] if refusal else ["waiting", None]]


@pytest.mark.parametrize(
    ("changed", "child", "rule"),
    [
        ({"said": "改好了"}, {}, "answer_unknown"),
        ({"said": "未处理 ", "right_value": "2010-01-15"}, {}, "not_yet_with_value"),
        ({"checked_by": None}, {}, "not_signed"),
        ({"checked_on": None}, {}, "day_missing"),
        ({"checked_on": "2020-05-20"}, {}, "day_ahead"),
        ({}, {"case_id": None}, "answer_of_another"),
        ({}, {"person_id": None}, "answer_of_another"),
        ({}, {"case_id": "C0000002"}, "answer_of_another"),
    ],
)
def test_how_a_discrepancy_was_handled_needs_a_choice_who_when_and_its_own_case(changed: Cells, child: Cells, rule: str) -> None:
    about = CHILD | {"case_id": "C0000003", "rule_name": "出生日期不一致"} | child
    taken = ledger(row(HANDLED | changed, about, sheet=FINDINGS_SHEET))
    assert not len(taken.handled) and [r.rule for r in taken.refused] == [rule]


def test_of_two_answers_about_a_case_the_later_counts_and_not_handled_yet_is_none() -> None:
    about = CHILD | {"case_id": "C0000003", "rule_name": "出生日期不一致"}
    said = [HANDLED | {"checked_on": "2020-04-21", "right_value": "2010-01-15"}, HANDLED, HANDLED | {"said": "未处理"}]
    taken = ledger(*(row(answer, about, number, FINDINGS_SHEET) for number, answer in enumerate(said, 2)))
    assert (taken.handled["said"].tolist(), taken.refused) == (["已更正，正确值 2010-01-15，2020-04-21"], [])


def test_a_case_knows_all_that_it_has_shown_and_its_last_opening() -> None:
    renamed = LOG.iloc[0].to_dict() | {
        "entry": 9,
        "event": "changed",
        "content": '{"name": "韦佳一"}',
        "as_of": date(2020, 4, 18),
    }
    case = cases_of(pd.concat([LOG, pd.DataFrame([renamed])]), {"C0000001"})["C0000001"]
    assert (case.names, case.since) == (frozenset({"韦家一", "韦佳一"}), date(2020, 4, 15))
