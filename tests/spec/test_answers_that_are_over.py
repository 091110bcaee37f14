"""An answer that no longer holds takes no child off the list again, whatever becomes of the one that followed it. All persons are made up (虚构)."""

from datetime import date

import pandas as pd
import pytest

from matching import Linkage
from pipelines.answers.early_states import unaccepted_joinings
from pipelines.answers.judgements import RefusedJudgement, apply_judgements, reported_judgements
from pipelines.answers.ledger import with_judgements
from pipelines.answers.overtaken import reported_in_village, with_overtaken
from pipelines.answers.received import answers_table
from pipelines.answers.returned import ReturnedRow
from pipelines.answers.states import answer_states
from reports.joining_listing import JOINING_SHEET
from reports.listings import PAIRS_SHEET
from schemas.registry import declared
from tests.lib.answered_rows import ELSEWHERE, NO_ANSWERS, Cells, accepted, ledger, row

DROPPED: Cells = {"said": "确属辍学", "checked_by": "黄某", "checked_on": "2020-04-20"}
NO_LINKS = pd.DataFrame(
    columns=["record_id_l", "record_id_r", "weight", "probability", "decision", "evidence", "evidence_text"], dtype="str"
)
NEVER_REPORTED = pd.Series(dtype="datetime64[s]")
NOT_FOUND: Cells = {"said": "仍未找到", "checked_by": "覃某", "checked_on": "2020-04-20"}


def on(day: int) -> date:
    return date(2020, 4, day)


def pair(said: str, name: str, day: str = "2020-04-20") -> ReturnedRow:
    cells: Cells = {"said": said, "checked_by": "韦某", "checked_on": day, "likelihood": "可能"}
    for side, registry, number in (("l", "公安户籍", "451228201001150014"), ("r", "学籍系统", "451228201001150022")):
        cells |= {f"registry_{side}": registry, f"name_{side}": name, f"id_{side}": number, f"birthdate_{side}": "2010-01-15"}
        cells |= {f"guardian_{side}": "韦大", f"place_{side}": "安阳镇"}
    return row(cells, {}, sheet=PAIRS_SHEET)


def word(said: str, answers: pd.DataFrame, why: str | None = None) -> ReturnedRow:
    """The county's word of 21 April on the answer about a pair."""
    (answer,) = answers.loc[answers["kind"] == "pair", "answer_id"]
    shown: Cells = dict.fromkeys(JOINING_SHEET.identified_by) | {"answer_id": answer}
    signed: Cells = {"said": said, "returned_why": why, "checked_by": "陆某", "checked_on": "2020-04-21"}
    return row(signed, shown, sheet=JOINING_SHEET)


def elsewhere_accepted() -> pd.DataFrame:
    first = ledger(row(ELSEWHERE | {"checked_on": "2020-04-16"}), as_of=on(16), acceptance=True).table
    return ledger(accepted("同意", first, day="2020-04-17"), earlier=first, as_of=on(17), acceptance=True).table


def test_two_answers_that_leave_the_child_listed_and_contradict_each_other_bring_back_nothing() -> None:
    listed = ledger(row(DROPPED), earlier=elsewhere_accepted(), as_of=on(20), acceptance=True).table
    both = ledger(row(NOT_FOUND, number=4), earlier=listed, as_of=on(21), acceptance=True)
    states = both.table[both.table["kind"] == "whereabouts"].set_index("value")["state"].to_dict()
    assert states == {"县外就读（填学校）": "superseded", "确属辍学": "refused", "仍未找到": "refused"}
    assert both.whereabouts.empty


@pytest.mark.parametrize("ids", [("A1", "A2"), ("A2", "A1")])
def test_of_two_answers_of_an_office_of_one_day_that_which_is_no_correction_counts(ids: tuple[str, str]) -> None:
    said = {
        "kind": "discrepancy",
        "case_id": "C1",
        "about": "公安户籍",
        "answered_on": on(8),
        "received_on": on(8),
        "source": "workbook",
    }
    said |= {"file": "公安局.xlsx", "sheet": "更正清单"}
    both = [
        said | {"answer_id": i, "value": v, "row": n} for n, (i, v) in enumerate(zip(ids, ("已更正", "无需更正"), strict=True))
    ]
    states = answer_states(answers_table(both), on(9), others=(), acceptance=True).set_index("value")["state"]
    assert states.to_dict() == {"无需更正": "accepted", "已更正": "superseded"}


@pytest.mark.parametrize("condition", ["student_record_open", "student_record_dropped"])
def test_once_the_registers_have_seen_the_child_no_answer_of_before_comes_back(condition: str) -> None:
    other = row(ELSEWHERE | {"school_said": "南宁市第十四中学", "checked_on": "2020-04-18"})
    second = ledger(other, earlier=elsewhere_accepted(), as_of=on(18), acceptance=True).table
    yes = accepted("同意", second[second["state"] == "waiting"], day="2020-04-19")
    third = ledger(yes, earlier=second, as_of=on(19), acceptance=True).table
    seen = with_overtaken(third, pd.DataFrame({"person_id": ["P0000001"], "conditions": [condition]}), NEVER_REPORTED, on(22))
    later = ledger(earlier=seen, as_of=on(29), acceptance=True)
    assert later.table.loc[later.table["kind"] == "whereabouts", "state"].tolist() == ["overtaken"] * 2
    assert later.whereabouts.empty


@pytest.mark.parametrize(
    ("reports", "ends"),
    [
        ([("found", 16)], True),  # of the day of the answer: nobody can tell which came first
        ([("absent", 20)], True),
        ([("found", 15)], False),
        ([("absent", 18), ("back", 19)], False),
        ([("absent", 18), ("back", 19), ("found", 20)], True),
        ([], False),
    ],
)
@pytest.mark.parametrize("decided", [True, False])
def test_an_answer_ends_once_a_township_reports_that_the_child_is_in_the_village(
    reports: list[tuple[str, int]], ends: bool, decided: bool
) -> None:
    answers = (
        elsewhere_accepted()
        if decided
        else ledger(row(ELSEWHERE | {"checked_on": "2020-04-16"}), as_of=on(16), acceptance=True).table
    )
    records = pd.DataFrame(
        [(f"r{n}", state, on(day)) for n, (state, day) in enumerate(reports)], columns=["record_id", "report_state", "state_date"]
    )
    reported = reported_in_village(records, pd.DataFrame({"record_id": records["record_id"], "person_id": "P0000001"}))
    decision = pd.DataFrame({"person_id": ["P0000001"], "conditions": ["reported_absent"]})
    seen = with_overtaken(answers, decision, reported, on(22))
    later = ledger(earlier=seen, as_of=on(29), acceptance=True).table  # and stays so
    states = {"overtaken"} if ends else {"accepted" if decided else "waiting"}
    assert {*later.loc[later["kind"] == "whereabouts", "state"]} == states
    assert not ends or {*later.loc[later["kind"] == "whereabouts", "refusal"]} == {"reported_since"}


def test_a_joining_on_which_the_countys_words_contradict_each_other_waits_again() -> None:
    first = ledger(pair("是", "韦家一"), as_of=on(20), acceptance=True).table
    second = ledger(word("同意", first), earlier=first, as_of=on(21), acceptance=True).table
    assert second.loc[second["kind"] == "pair", "state"].tolist() == ["accepted"]
    third = ledger(word("退回", second, "不是同一人"), earlier=second, as_of=on(22), acceptance=True).table
    assert third.loc[third["kind"] == "pair", "state"].tolist() == ["waiting"]
    assert len(unaccepted_joinings([], third, on(23), True)) == 1


def test_a_judgement_that_could_not_be_applied_is_refused_and_no_other_of_its_file_and_row() -> None:
    first = ledger(pair("是", "韦家一"), acceptance=True).table
    both = ledger(pair("否", "韦家三", "2020-04-22"), earlier=first, acceptance=True)
    why = RefusedJudgement("answers", "安阳镇.xlsx", PAIRS_SHEET.title, "answer_unmatched", "第 2 行", 2, said_on=on(22))
    after = with_judgements(both, [why]).table.set_index("value")["state"].to_dict()
    assert after == {"是": "waiting", "否": "refused"}


def test_a_joining_that_was_refused_joins_nobody() -> None:
    first = ledger(pair("是", "韦家一"), acceptance=True)
    why = RefusedJudgement("answers", "安阳镇.xlsx", PAIRS_SHEET.title, "answer_vague", "第 2 行", 2, said_on=on(20))
    refused = with_judgements(first, [why]).table
    assert refused["state"].tolist() == ["refused"]
    assert len(unaccepted_joinings([], refused, on(24), True)) == 1


def test_a_joining_without_a_day_is_nothing_to_wait_for() -> None:
    undated = ledger(pair("是", "韦家一", ""), acceptance=True)
    assert undated.table["refusal"].tolist() == ["day_missing"]
    assert unaccepted_joinings([], undated.table, on(24), True).empty
    both = ledger(pair("是", "韦家二"), earlier=undated.table, acceptance=True).table
    assert len(unaccepted_joinings([], both, on(24), True)) == 1


@pytest.mark.parametrize(("guardian", "refused"), [("韦大", []), ("蒙二", ["answer_unmatched"])])
def test_a_joining_that_waits_is_refused_once_a_record_is_not_as_it_was_shown(guardian: str, refused: list[str]) -> None:
    answers = ledger(pair("是", "韦家一"), as_of=on(20), acceptance=True).table
    judgements = reported_judgements([pair("是", "韦家一")], pd.DataFrame())
    records = pd.DataFrame(
        {
            "record_id": ["1", "2"], "registry": ["huji", "xueji"], "name": "韦家一", "id_number": ["451228201001150014", "451228201001150022"],
            "id_raw": None, "birthdate": on(1).replace(2010, 1, 15), "guardian": ["韦大", guardian], "township": "安阳镇", "village": None,
        }
    )  # fmt: skip
    linkage = Linkage(NO_LINKS.copy(), pd.DataFrame({"record_id": ["1", "2"], "cluster": [0, 1]}), *[None] * 5)  # type: ignore[arg-type]
    waiting = unaccepted_joinings([], answers, on(22), True)
    # The judgement was reported on the night before: that it waits no more is told on this one.
    settled, told = apply_judgements(linkage, records, judgements, judgements, on(22), declared(), waiting)
    assert [refusal.rule for refusal in told] == refused
    assert settled.clusters["cluster"].nunique() == 2 and len(settled.links) == (0 if refused else 1)
    after = ledger(earlier=answers, as_of=on(22), acceptance=True)
    assert with_judgements(after, told).table["state"].tolist() == ["refused" if refused else "waiting"]


def test_that_an_answer_was_signed_ahead_is_told_until_the_county_decides() -> None:
    early = row(ELSEWHERE | {"checked_on": "2020-04-21"})
    unsigned = row(DROPPED | {"checked_by": None, "checked_on": "2020-04-22"}, number=3)
    answers = NO_ANSWERS
    for day, came in ((20, [early]), (21, [early]), (22, [early, unsigned]), (23, [early, unsigned]), (24, [early, unsigned])):
        answers = ledger(*came, earlier=answers, as_of=on(day)).table
    (state, doubt), *_ = answers.loc[answers["value"] != "确属辍学", ["state", "doubt"]].to_numpy().tolist()
    assert (state, doubt) == ("waiting", "signed_ahead")
