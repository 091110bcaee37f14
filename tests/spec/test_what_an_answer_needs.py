"""What an officer's answer needs before it counts: what lacks it takes no child off the list, and its row is told why. All persons are
made up (虚构)."""

import re
from datetime import date

import pandas as pd
import pytest

from pipelines.answers.answer_needs import cases_of
from pipelines.answers.ledger import answers_of_log, ledger_of
from pipelines.answers.overtaken import with_overtaken
from pipelines.answers.received import answers_table, received_answers
from pipelines.answers.returned import ReturnedRow
from pipelines.answers.states import answer_states
from reports.answer_listings import ACCEPTANCE_SHEET
from reports.listings import CHILDREN_SHEET, FINDINGS_SHEET
from reports.row_codes import NO_KEY
from schemas.answers import ANSWER_REFUSAL_WORDS
from schemas.decisions import DECISION_TABLE
from schemas.whereabouts import ANSWERS, VOCATIONAL_CLASS
from tests.lib.answered_rows import (
    AS_OF,
    CHILD,
    ELSEWHERE,
    HANDLED,
    LOG,
    NAMES,
    OTHER,
    SCHOOLS,
    Cells,
    accepted,
    ledger,
    row,
)


def test_what_a_row_lacks_has_words_and_no_value() -> None:
    for words in ANSWER_REFUSAL_WORDS.values():
        assert not re.search(r"\{|\d{6}", words)


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_of_the_drop_down_is_taken(answer: str) -> None:
    school = "河池市职业教育中心学校" if "中职" in answer or "职教" in answer else "南宁市秀田小学"
    child = CHILD | ({"birthdate": "2004-06-01"} if answer == VOCATIONAL_CLASS else {})
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


def test_an_answer_counts_whatever_becomes_of_its_workbook_until_a_later_one_or_the_next_semester() -> None:
    first = ledger(row(ELSEWHERE)).table
    assert ledger(earlier=first).whereabouts["whereabouts"].tolist() == ["enrolled_elsewhere"]
    later = row(ELSEWHERE | {"said": "仍未找到", "checked_on": "2020-04-21"})
    second = ledger(later, earlier=first)
    assert second.whereabouts["answer"].tolist() == ["仍未找到"] and set(second.table["state"]) == {"accepted", "superseded"}
    before = row(ELSEWHERE | {"said": "仍未找到", "checked_on": "2020-04-19"})
    assert ledger(before, earlier=first).whereabouts["whereabouts"].tolist() == ["enrolled_elsewhere"]
    next_semester = ledger(earlier=first, as_of=date(2020, 9, 1))
    assert (next_semester.table["state"].tolist(), len(next_semester.whereabouts)) == (["lapsed"], 0)
    look_back = ledger(earlier=first, as_of=date(2020, 4, 22))  # it had not come yet
    assert (look_back.table["answer_id"].tolist(), len(look_back.whereabouts)) == (first["answer_id"].tolist(), 0)


def test_the_same_row_read_again_is_the_same_answer() -> None:
    first = ledger(row(ELSEWHERE)).table
    again = ledger(row(ELSEWHERE, number=7), row(ELSEWHERE, number=8), earlier=first).table
    assert len(again) == 1 and again["row"].tolist() == [2]


def test_what_was_refused_is_checked_again_while_it_lies_in_the_inbox() -> None:
    wrong = row(ELSEWHERE | {"said": "县内在读（填学校）", "checked_on": "2020-04-24"})
    first = ledger(wrong).table
    assert first["refusal"].tolist() == ["day_ahead"]
    assert ledger(wrong, earlier=first, as_of=date(2020, 4, 24)).table["state"].tolist() == ["accepted"]


def test_an_answer_does_not_count_for_somebody_else_who_has_the_number_now() -> None:
    first = ledger(row(ELSEWHERE)).table
    others = NAMES.assign(name="韦家三")
    now = ledger_of([], first, LOG, others, SCHOOLS, AS_OF, acceptance=False)
    assert now.table["refusal"].tolist() == ["person_is_another"] and not len(now.whereabouts)
    assert ledger(earlier=now.table).table["refusal"].isna().all()  # the number is the child's own again


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


def test_where_the_county_accepts_the_answer_waits_for_its_word() -> None:
    first = ledger(row(ELSEWHERE), acceptance=True)
    assert first.table["state"].tolist() == ["waiting"]
    assert first.whereabouts.loc[0, ["answer", "school"]].tolist() == ["县外就读（填学校）", "南宁市秀田小学"]
    assert first.whereabouts["whereabouts"].isna().all()
    yes = ledger(accepted("同意", first.table), earlier=first.table, acceptance=True)
    assert yes.whereabouts["whereabouts"].tolist() == ["enrolled_elsewhere"]
    no = ledger(accepted("退回", first.table, why="查无此人"), earlier=first.table, acceptance=True)
    assert not len(no.whereabouts)
    assert no.table.query("kind == 'whereabouts'")[["state", "decided_by", "decided_why"]].values.tolist() == [
        ["returned", "陆某", "查无此人"]
    ]


def test_a_word_of_the_county_that_came_with_the_answer_it_accepts_counts_on_no_night() -> None:
    """It was given before any workbook of the county showed the answer."""
    answer = row(ELSEWHERE)
    word = accepted("同意", ledger(answer, acceptance=True).table)
    first = ledger(answer, word, acceptance=True).table
    assert first.set_index("kind")[["state", "refusal"]].loc["acceptance"].tolist() == ["refused", "accepted_unseen"]
    again = ledger(answer, word, earlier=first, acceptance=True).table
    assert again.set_index("kind")["state"].to_dict() == {"whereabouts": "waiting", "acceptance": "refused"}
    later = row(
        {"checked_on": "2020-04-24"} | {key: word.cells[key] for key in ("said", "checked_by")},
        dict(word.cells) | {"checked_on": None},
        sheet=ACCEPTANCE_SHEET,
    )
    mended = ledger(answer, later, earlier=first, as_of=date(2020, 4, 24), acceptance=True).table
    assert "accepted" in mended.query("kind == 'whereabouts'")["state"].tolist()


def test_a_later_answer_that_is_refused_leaves_the_first_waiting_and_the_county_is_told() -> None:
    first = ledger(row(ELSEWHERE), acceptance=True).table
    dropped: Cells = {"said": "确属辍学", "checked_by": None, "checked_on": "2020-04-22"}
    second = ledger(row(dropped), earlier=first, acceptance=True).table.set_index("state")
    assert second.loc["refused", "refusal"] == "not_signed" and second.loc["waiting", "doubt"] == "later_refused"
    undated = ledger(row(dropped | {"checked_on": None}), earlier=first, acceptance=True).table.set_index("state")
    assert undated.loc["waiting", "doubt"] == "later_refused"
    same = ledger(row(ELSEWHERE | {"checked_by": None}), earlier=first, acceptance=True).table.set_index("state")
    assert same.loc["waiting", "doubt"] != "later_refused"  # it says the same


def test_a_later_answer_that_is_refused_is_told_of_one_in_effect_until_the_county_decides() -> None:
    dropped: Cells = {"said": "确属辍学", "checked_by": None, "checked_on": "2020-04-22"}

    def doubt(*rows: ReturnedRow, earlier: pd.DataFrame, acceptance: bool = True) -> object:
        table = ledger(*rows, earlier=earlier, acceptance=acceptance).table
        return table.loc[table["state"].eq("accepted") & table["kind"].eq("whereabouts"), "doubt"].item()

    at_once = ledger(row(ELSEWHERE)).table
    assert doubt(row(dropped), earlier=at_once, acceptance=False) == "later_refused"
    waiting = ledger(row(ELSEWHERE), acceptance=True).table
    yes = ledger(accepted("同意", waiting), earlier=waiting, acceptance=True).table
    assert doubt(row(dropped), earlier=yes) == "later_refused"
    told = ledger(row(ELSEWHERE), row(dropped), as_of=date(2020, 4, 22), acceptance=True)
    answer = told.table.query("state == 'waiting'")
    assert answer["doubt"].tolist() == ["later_refused"]
    assert pd.isna(doubt(accepted("同意", answer), earlier=told.table))  # knowing of the later one
    at_school = ledger(row(ELSEWHERE | {"said": "从未入学", "school_said": None})).table
    assert pd.isna(doubt(row(dropped), earlier=at_school))  # which left the child on the list


def test_two_records_wait_to_be_one_persons_unless_they_already_are() -> None:
    pair = {"answer_id": "A1", "kind": "pair", "about": "[]", "value": "是", "answered_on": AS_OF, "received_on": AS_OF}

    def state(acceptance: bool, **more: object) -> str:
        return answer_states(answers_table([pair | more]), AS_OF, others=(), acceptance=acceptance)["state"].item()

    assert (state(True), state(False), state(True, value="否")) == ("waiting", "accepted", "accepted")
    assert state(True, state="accepted") == "accepted"  # by a version that did not ask the county


def test_an_answer_that_leaves_the_child_listed_needs_no_acceptance() -> None:
    taken = ledger(row(ELSEWHERE | {"said": "确属辍学", "school_said": None}), acceptance=True)
    assert taken.whereabouts["whereabouts"].tolist() == ["dropped_out"]


def test_a_new_answer_that_waits_does_not_undo_the_one_in_effect() -> None:
    first = ledger(row(ELSEWHERE), acceptance=True).table
    second = ledger(accepted("同意", first), earlier=first, acceptance=True).table
    moved = row(ELSEWHERE | {"school_said": "南宁市第十四中学", "checked_on": "2020-04-22"})
    third = ledger(moved, earlier=second, acceptance=True)
    assert third.whereabouts[["whereabouts", "school"]].values.tolist() == [["enrolled_elsewhere", "南宁市秀田小学"]]
    assert sorted(third.table.query("kind == 'whereabouts'")["state"]) == ["accepted", "waiting"]


@pytest.mark.parametrize("other", ["南宁市秀田小学", "南宁市秀田小学 2年级2班", "南宁市秀田小学二（2）班"])
def test_one_school_for_many_children_is_asked_about_even_where_no_acceptance_is(
    other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.answers.answer_doubts.MANY_TO_ONE", 2)
    taken = ledger(row(ELSEWHERE), row(ELSEWHERE | {"school_said": other}, OTHER, number=3))
    assert taken.table["doubt"].tolist() == ["many_to_one_school"] * 2
    assert taken.table["state"].tolist() == ["waiting"] * 2 and taken.whereabouts["whereabouts"].isna().all()


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


def test_answers_that_a_version_before_took_stay_in_effect() -> None:
    answered = LOG.iloc[0].to_dict() | {"entry": 4, "event": "answered", "answer": "县外就读（填学校）"}
    answered |= {"answer_detail": "南宁市秀田小学", "answered_on": date(2020, 4, 20), "as_of": date(2020, 4, 21)}
    log = pd.concat([LOG, pd.DataFrame([answered])], ignore_index=True)
    assert ledger(earlier=answers_of_log(log), acceptance=True).whereabouts["whereabouts"].tolist() == ["enrolled_elsewhere"]


def test_a_case_knows_all_that_it_has_shown_and_its_last_opening() -> None:
    renamed = LOG.iloc[0].to_dict() | {
        "entry": 9,
        "event": "changed",
        "content": '{"name": "韦佳一"}',
        "as_of": date(2020, 4, 18),
    }
    case = cases_of(pd.concat([LOG, pd.DataFrame([renamed])]), {"C0000001"})["C0000001"]
    assert (case.names, case.since) == (frozenset({"韦家一", "韦佳一"}), date(2020, 4, 15))


ENROLLED, DROPPED = "student_record_open,verified_elsewhere", "student_record_dropped"


def _seen(conditions: str, as_of: date, acceptance: bool = False) -> pd.DataFrame:
    """The table answers of the night on which these rows of the decision table hold of the child that was answered about on 20 April."""
    taken = ledger(row(ELSEWHERE), as_of=date(2020, 4, 20), acceptance=acceptance).table
    later = ledger(earlier=taken, as_of=as_of, acceptance=acceptance).table
    persons = pd.DataFrame({"person_id": [CHILD["person_id"]], "conditions": [conditions]})
    return with_overtaken(later, persons, as_of)


@pytest.mark.parametrize(
    ("conditions", "acceptance", "refusal"),
    [
        (ENROLLED, False, "enrolled_since"),
        (ENROLLED, True, "enrolled_since"),  # it waits, and must not be accepted a week later
        ("taught_at_home", False, "enrolled_since"),
        (DROPPED, False, "dropped_out_since"),
        (DROPPED, True, None),  # what waits takes nobody off the list
        (f"verified_elsewhere,{DROPPED}", False, None),  # the mark was there when the answer was given
        ("verified_elsewhere,not_promoted", False, None),
        ("not_promoted", True, None),
    ],
)
def test_an_answer_ends_once_the_child_is_seen_in_the_countys_registers(
    conditions: str, acceptance: bool, refusal: str | None
) -> None:
    seen = _seen(conditions, date(2020, 4, 23), acceptance)
    assert [value if isinstance(value, str) else None for value in seen["refusal"]] == [refusal]
    next_night = ledger(
        row(ELSEWHERE), earlier=seen, as_of=date(2020, 4, 25), acceptance=acceptance
    )  # its workbook lies in the inbox still
    assert next_night.table["state"].tolist() == (["overtaken"] if refusal else ["waiting" if acceptance else "accepted"])
    assert (len(next_night.whereabouts), next_night.refused) == (0 if refusal else 1, [])
    again = row(ELSEWHERE | {"checked_on": "2020-04-25"})
    assert ledger(again, earlier=seen, as_of=date(2020, 4, 25)).whereabouts["answer"].tolist() == [ELSEWHERE["said"]]


def test_an_answer_of_the_night_on_which_the_child_is_seen_is_not_overtaken() -> None:
    assert _seen(ENROLLED, date(2020, 4, 20))["state"].tolist() == ["accepted"]


def test_beside_an_answer_stands_why_the_child_was_on_the_list_on_its_day() -> None:
    def shown(number: int, day: int, reason: str) -> dict[str, object]:
        return LOG.iloc[0].to_dict() | {
            "entry": number,
            "event": "changed",
            "as_of": date(2020, 4, day),
            "content": f'{{"name": "韦家一", "reason": "{reason}"}}',
        }

    log = pd.concat([LOG, pd.DataFrame([shown(5, 18, "record_ended"), shown(6, 21, "dropped_out")])], ignore_index=True)
    assert ledger(row(ELSEWHERE), log=log).whereabouts["listed_as"].tolist() == ["record_ended"]
    assert ledger(row(ELSEWHERE)).whereabouts["listed_as"].isna().all()  # a log of before the reason was kept in it
