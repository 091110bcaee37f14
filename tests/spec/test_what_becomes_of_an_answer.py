"""What becomes of an answer when later ones, and the county's words on it, come. All persons are made up (虚构)."""

from datetime import date

import pandas as pd
import pytest

from pipelines.answers.ledger import answers_of_log
from pipelines.answers.overtaken import with_overtaken
from pipelines.answers.received import answers_table
from pipelines.answers.returned import ReturnedRow
from pipelines.answers.states import answer_states
from reports.answer_listings import ACCEPTANCE_SHEET
from tests.lib.answered_rows import (
    AS_OF,
    CHILD,
    ELSEWHERE,
    LOG,
    OTHER,
    Cells,
    accepted,
    ledger,
    row,
)

MOVED = ELSEWHERE | {"school_said": "南宁市第十四中学", "checked_on": "2020-04-21"}
LATER = date(2020, 4, 24)


def states(table: pd.DataFrame, kind: str = "whereabouts") -> list[str]:
    return table[table["kind"] == kind].sort_values(["answered_on", "detail"])["state"].tolist()


def test_two_words_of_the_county_of_one_day_that_contradict_each_other_decide_nothing() -> None:
    first = ledger(row(ELSEWHERE), acceptance=True).table
    yes, no = accepted("同意", first), accepted("退回", first, why="查无此人")
    both = ledger(yes, no, earlier=first, acceptance=True)
    assert states(both.table) == ["waiting"] and [refusal.rule for refusal in both.refused] == ["words_contradict"] * 2
    one = ledger(yes, earlier=first, acceptance=True).table
    second = ledger(no, earlier=one, acceptance=True).table  # on another night
    assert states(second) == ["waiting"] and states(second, "acceptance") == ["refused"] * 2
    later = ledger(accepted("同意", first, day="2020-04-24"), earlier=second, as_of=LATER, acceptance=True).table
    assert states(later) == ["accepted"]


def test_a_word_of_the_county_dated_before_the_answer_is_refused() -> None:
    first = ledger(row(ELSEWHERE), acceptance=True).table
    word = accepted("同意", first, day="2020-04-19")
    taken = ledger(word, earlier=first, acceptance=True)
    assert states(taken.table) == ["waiting"] and [refusal.rule for refusal in taken.refused] == ["word_before_answer"]


@pytest.mark.parametrize("decided", [False, True])
def test_what_a_returned_answer_had_replaced_does_not_come_back(decided: bool) -> None:
    first = ledger(row(ELSEWHERE), acceptance=True).table
    if decided:
        first = ledger(accepted("同意", first, day="2020-04-20"), earlier=first, acceptance=True).table
        assert states(first) == ["accepted"]
    second = ledger(row(MOVED), earlier=first, acceptance=True).table
    waiting = second[second["state"] == "waiting"]
    assert waiting["detail"].tolist() == ["南宁市第十四中学"]
    returned = ledger(accepted("退回", waiting, why="查无此人"), earlier=second, acceptance=True)
    assert states(returned.table) == ["superseded", "returned"] and not len(returned.whereabouts)
    mended = row(
        MOVED | {"checked_on": "2020-04-19", "school_said": "南宁市第三中学"}
    )  # after the county's word, dated before it
    again = ledger(mended, earlier=returned.table, as_of=LATER, acceptance=True).table
    assert states(again) == ["waiting", "superseded", "returned"]


def test_another_townships_answer_stays_when_one_is_returned() -> None:
    first = ledger(row(ELSEWHERE), acceptance=True).table.assign(township="高岭镇")
    second = ledger(row(MOVED), earlier=first, acceptance=True).table
    returned = ledger(
        accepted("退回", second[second["state"] == "waiting"], why="查无此人"), earlier=second, acceptance=True
    ).table
    assert states(returned) == ["waiting", "returned"]


@pytest.mark.parametrize(
    ("school", "contradicts"), [("南宁市第十四中学", True), ("广西南宁秀田小学", False), ("南宁市秀田小学二（2）班", False)]
)
def test_two_schools_for_one_child_on_one_day_are_a_contradiction_unless_they_are_one(school: str, contradicts: bool) -> None:
    taken = ledger(row(ELSEWHERE), row(ELSEWHERE | {"school_said": school, "checked_by": "黄某"}, number=3), acceptance=True)
    assert [refusal.rule for refusal in taken.refused] == ["answers_contradict"] * 2 * contradicts
    assert set(taken.table["state"]) == ({"refused"} if contradicts else {"waiting", "superseded"})


def test_one_approval_for_several_children_waits_even_where_no_acceptance_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.answers.approvals.ONE_APPROVAL", 2)
    exempted = ELSEWHERE | {"said": "因身体原因免学、缓学（附批准件）", "school_said": None, "note": "都教字〔2020〕8号"}
    taken = ledger(row(exempted), row(exempted, OTHER, number=3)).table
    assert taken[["state", "doubt"]].values.tolist() == [["waiting", "one_approval"]] * 2
    assert ledger(row(exempted)).table["state"].tolist() == ["accepted"]


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


def test_answers_that_a_version_before_took_stay_in_effect() -> None:
    answered = LOG.iloc[0].to_dict() | {"entry": 4, "event": "answered", "answer": "县外就读（填学校）"}
    answered |= {"answer_detail": "南宁市秀田小学", "answered_on": date(2020, 4, 20), "as_of": date(2020, 4, 21)}
    log = pd.concat([LOG, pd.DataFrame([answered])], ignore_index=True)
    assert ledger(earlier=answers_of_log(log), acceptance=True).whereabouts["whereabouts"].tolist() == ["enrolled_elsewhere"]


ENROLLED, DROPPED = "student_record_open,verified_elsewhere", "student_record_dropped"


def _seen(conditions: str, as_of: date, acceptance: bool = False) -> pd.DataFrame:
    """The table answers of the night on which these rows of the decision table hold of the child that was answered about on 20 April."""
    taken = ledger(row(ELSEWHERE), as_of=date(2020, 4, 20), acceptance=acceptance).table
    later = ledger(earlier=taken, as_of=as_of, acceptance=acceptance).table
    persons = pd.DataFrame({"person_id": [CHILD["person_id"]], "conditions": [conditions]})
    return with_overtaken(later, persons, pd.Series(dtype="datetime64[s]"), as_of)


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
