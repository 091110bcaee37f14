"""What becomes of an answer when later ones, and the county's words on it, come. All persons are made up (虚构)."""

from datetime import date

import pandas as pd
import pytest

from tests.lib.answered_rows import ELSEWHERE, OTHER, accepted, ledger, row

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
