"""What a township reports of its own accord (名在人不在, 已返校, 新发现): when it counts, as whom it is read, and how it is taken back. All persons are
made up (虚构)."""

from datetime import date, timedelta

import pandas as pd
import pytest

from pipelines.answers.early_states import early_states
from pipelines.answers.received import ReceivedAnswer, received_answers
from pipelines.answers.returned import ReturnedRow
from reports.answer_listings import ABSENT_SHEET, FOUND_SHEET
from reports.book import SheetOfRows
from schemas.whereabouts import NOBODY, WITHDRAWN
from tests.lib.answered_rows import AS_OF, CHILD, ELSEWHERE, NAMES, NO_ANSWERS, OTHER, SCHOOLS, Cells, accepted, ledger, row

TOMORROW = AS_OF + timedelta(days=1)
WHO: Cells = {
    "name": "韦家一",
    "id_number": "451228201001150014",
    "checked_by": "韦某",
    "checked_on": "2020-04-20",
    "township": "安阳镇",
}
BACK: Cells = {"said": "已返校", "school_said": "安阳镇中心小学"}
OWN = NAMES.head(1).assign(registry="xiangzhen", register_state=None)  # the child as its township's report alone has it
TAKEN_BACK = ELSEWHERE | {"said": WITHDRAWN, "school_said": None, "checked_on": "2020-04-22"}


def report(cells: Cells, sheet: SheetOfRows = ABSENT_SHEET, number: int = 2) -> ReturnedRow:
    return ReturnedRow("安阳镇.xlsx", sheet.title, number, WHO | {"said": "名在人不在"} | cells)


def received(*rows: ReturnedRow, on: date = AS_OF) -> list[ReceivedAnswer]:
    returned: dict[str, list[ReturnedRow]] = {}
    for one in rows:
        returned.setdefault(one.sheet, []).append(one)
    return received_answers(returned, on, None)


def in_effect(*rows: ReturnedRow, earlier: pd.DataFrame = NO_ANSWERS, on: date = AS_OF) -> list[str]:
    """What of the reports is a record on the night ``on``."""
    states = early_states("report", received(*rows, on=on), earlier, on, True, SCHOOLS)
    return states.loc[states["state"] == "accepted", "value"].tolist()


def test_a_report_dated_tomorrow_counts_tomorrow_and_not_a_night_later() -> None:
    early = report({"checked_on": TOMORROW.isoformat()})
    first = ledger(early).table
    assert (first["refusal"].tolist(), in_effect(early)) == (["day_ahead"], [])
    assert in_effect(early, earlier=first, on=TOMORROW) == ["名在人不在"]


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "韦　家一"},
        {"name": " 韦 家 一 ", "id_number": " 451228 20100115 0014"},
        {"id_number": "４５１２２８２０１００１１５００１４"},
        {"id_number": None, "birthdate": "2010.1.15"},
    ],
)
def test_a_report_is_read_as_its_record_is(typed: Cells) -> None:
    (answer,) = received(report(typed))
    assert answer.values["name"] == "韦家一"
    assert answer.values["id_number"] == (None if "birthdate" in typed else "451228201001150014")
    assert answer.values["birthdate"] == ("2010-01-15" if "birthdate" in typed else None)


@pytest.mark.parametrize("born", [{"id_number": "451228201001150014"}, {"id_number": None, "birthdate": "2010-01-15"}])
def test_back_on_the_day_of_absence_does_not_count_and_its_sender_is_told(born: Cells) -> None:
    both = report({}), report(BACK | born, number=3)
    taken = ledger(*both, acceptance=True)
    assert dict(zip(taken.table["value"], taken.table["state"], strict=True)) == {"名在人不在": "accepted", "已返校": "refused"}
    assert [refusal.rule for refusal in taken.refused] == ["back_on_day_of_absence"]
    same_id = ledger(both[0], report(BACK | {"name": "韦佳一"}, number=3), acceptance=True).table
    assert "refused" in set(same_id["state"])
    another = report(BACK | {"name": "韦家二", "id_number": "451228201101150016"}, number=3)
    assert "refused" not in set(ledger(both[0], another, acceptance=True).table["state"])


def taken_back(found: ReturnedRow) -> pd.DataFrame:
    """The answers after a township reported a child, took the report back, and the county accepted that on the next day."""
    first = ledger(found, acceptance=True).table
    second = ledger(row(TAKEN_BACK), earlier=first, acceptance=True, records=OWN).table
    assert second.loc[second["kind"] == "whereabouts", "state"].tolist() == ["waiting"]
    yes = accepted("同意", second[second["state"] == "waiting"], day=TOMORROW.isoformat())
    assert in_effect(earlier=second) == ["新发现"]
    assert in_effect(yes, earlier=second, on=TOMORROW) == [], "on the very night of the county's word"
    changed = row(ELSEWHERE | {"said": "仍未找到", "school_said": None, "checked_on": TOMORROW.isoformat()}, number=9)
    assert in_effect(yes, changed, earlier=second, on=TOMORROW) == ["新发现"], "the township has changed its mind"
    third = ledger(yes, earlier=second, as_of=TOMORROW, acceptance=True, records=OWN).table
    assert dict(zip(third["kind"], third["state"], strict=True)) == {
        "report": "superseded", "whereabouts": "accepted", "acceptance": "accepted",
    }  # fmt: skip
    return third


def test_a_child_reported_by_mistake_is_taken_back_once_the_county_accepts() -> None:
    answers = taken_back(report({}, FOUND_SHEET))
    assert in_effect(earlier=answers, on=date(2020, 9, 2)) == [], "nor in the next semester"


@pytest.mark.parametrize("day", ["2020-04-21", "2021-04-21"])  # the second is refused until its day comes
def test_an_older_workbook_that_lies_in_the_inbox_keeps_no_report_from_being_taken_back(day: str) -> None:
    before = row(ELSEWHERE | {"said": "仍未找到", "school_said": None, "checked_on": day}, number=7)
    first = ledger(report({}, FOUND_SHEET), as_of=AS_OF - timedelta(1), acceptance=True).table
    both = ledger(before, row(TAKEN_BACK), earlier=first, acceptance=True, records=OWN).table
    yes = accepted("同意", both[both["state"] == "waiting"], day=TOMORROW.isoformat())
    assert in_effect(before, yes, earlier=both, on=TOMORROW) == []


@pytest.mark.parametrize(
    "other",
    [
        {},  # the same township once more, whatever its day
        {"township": "高岭镇"},
        {"township": "高岭镇", "id_number": None, "birthdate": "2010-01-15"},
    ],
)
def test_a_report_that_comes_after_one_was_taken_back_counts(other: Cells) -> None:
    again = report({"checked_on": "2020-04-21"} | other, FOUND_SHEET, number=5)
    assert in_effect(again, earlier=taken_back(report({}, FOUND_SHEET)), on=TOMORROW) == ["新发现"]


@pytest.mark.parametrize(
    "corrected", [{"village": "巴谭社区"}, {"id_number": None}, {"village": "巴谭社区", "checked_on": "2020-04-21"}]
)
def test_the_corrected_report_that_comes_with_a_withdrawal_stays(corrected: Cells) -> None:
    first = ledger(report({"birthdate": "2010-01-15"}, FOUND_SHEET), as_of=AS_OF - timedelta(1), acceptance=True).table
    again = report({"birthdate": "2010-01-15"} | corrected, FOUND_SHEET, number=5)
    second = ledger(row(TAKEN_BACK), again, earlier=first, acceptance=True, records=OWN).table
    yes = accepted("同意", second[second["state"] == "waiting"], day=TOMORROW.isoformat())
    assert in_effect(yes, earlier=second, on=TOMORROW) == ["新发现"]


@pytest.mark.parametrize("other", [{"township": "高岭镇"}, {"id_number": "451228201001150022", "birthdate": "2010-01-15"}])
def test_another_townships_report_and_a_namesakes_stay(other: Cells) -> None:
    theirs = report(other, FOUND_SHEET, number=3)
    first = ledger(report({"birthdate": "2010-01-15"}, FOUND_SHEET), theirs, acceptance=True).table
    second = ledger(row(TAKEN_BACK), earlier=first, acceptance=True, records=OWN).table
    yes = accepted("同意", second[second["state"] == "waiting"], day=TOMORROW.isoformat())
    assert in_effect(yes, earlier=second, on=TOMORROW) == ["新发现"]


@pytest.mark.parametrize(
    ("reported", "child", "left"),
    [
        ({}, {"id_number": None}, 1),  # taken back is a namesake without an ID, born on that day
        ({"id_number": None}, {}, 0),
        ({"id_number": "45122820100115"}, {}, 0),
        ({"id_number": None}, {"id_number": None}, 0),
    ],
)
def test_a_report_with_an_id_is_taken_back_by_that_id_alone(reported: Cells, child: Cells, left: int) -> None:
    first = ledger(report({"birthdate": "2010-01-15"} | reported, FOUND_SHEET), as_of=AS_OF - timedelta(1), acceptance=True).table
    own = OWN.assign(id_number=child.get("id_number", CHILD["id_number"])).astype({"id_number": "object"})
    second = ledger(row(TAKEN_BACK, CHILD | child), earlier=first, acceptance=True, records=own).table
    yes = accepted("同意", second[second["state"] == "waiting"], day=TOMORROW.isoformat())
    assert len(in_effect(yes, earlier=second, on=TOMORROW)) == left


@pytest.mark.parametrize(
    "records",
    [
        NAMES,  # a register has the child
        pd.concat([OWN, OWN.assign(township="高岭镇")]),  # another township reported it, too
        pd.concat([OWN, NAMES]),
    ],
    ids=["register", "two townships", "both"],
)
def test_only_what_one_townships_report_alone_bears_out_is_taken_back(records: pd.DataFrame) -> None:
    assert ledger(row(TAKEN_BACK), records=records).table["refusal"].tolist() == ["not_own_report"]


@pytest.mark.parametrize(("state", "refusals"), [("moved_out", [None]), ("normal", ["not_own_report"])])
def test_a_report_of_a_child_whom_the_household_register_has_as_gone_is_taken_back(
    state: str, refusals: list[str | None]
) -> None:
    registered = NAMES.head(1).assign(register_state=state)
    refused = ledger(row(TAKEN_BACK), records=pd.concat([OWN, registered]), acceptance=True).table["refusal"]
    assert [None if pd.isna(code) else code for code in refused] == refusals


def test_who_reported_a_child_that_is_not_there_takes_the_report_back_and_sends_no_office_to_look() -> None:
    nobody = row(TAKEN_BACK | {"said": NOBODY})
    assert ledger(nobody, records=OWN).table["refusal"].tolist() == ["own_report_of_nobody"]
    assert ledger(nobody).table["state"].tolist() == ["accepted"]


def test_many_taken_back_on_one_day_are_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.answers.states.MANY_TO_ONE", 2)
    both = NAMES.assign(registry="xiangzhen")
    taken = ledger(row(TAKEN_BACK), row(TAKEN_BACK, OTHER, number=3), acceptance=True, records=both).table
    assert taken["doubt"].tolist() == ["many_withdrawn"] * 2


def test_a_school_that_the_county_accepted_last_semester_is_asked_about_no_more() -> None:
    said = ELSEWHERE | {"school_said": "广东省东莞市长安镇第一中学"}
    first = ledger(row(said), acceptance=True).table
    assert first["doubt"].tolist() == ["school_seen_nowhere"]
    second = ledger(accepted("同意", first), earlier=first, acceptance=True).table
    autumn = date(2020, 9, 21)
    lapsed = ledger(earlier=second, as_of=autumn, acceptance=True).table
    assert "lapsed" in set(lapsed["state"])
    now = ledger(row(said | {"checked_on": "2020-09-20"}, number=3), earlier=lapsed, as_of=autumn, acceptance=True).table
    assert now.loc[now["state"] == "waiting", "doubt"].tolist() == [None]
    returned = ledger(accepted("退回", first, why="查无此人"), earlier=first, acceptance=True).table
    again = ledger(row(said | {"checked_on": "2020-04-22"}, number=3), earlier=returned, acceptance=True).table
    assert again.loc[again["state"] == "waiting", "doubt"].tolist() == ["school_seen_nowhere"]
