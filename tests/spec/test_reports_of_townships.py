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
from schemas.whereabouts import WITHDRAWN
from tests.lib.answered_rows import AS_OF, CHILD, ELSEWHERE, NO_ANSWERS, SCHOOLS, Cells, accepted, ledger, row

TOMORROW = AS_OF + timedelta(days=1)
WHO: Cells = {
    "name": "韦家一",
    "id_number": "451228201001150014",
    "checked_by": "韦某",
    "checked_on": "2020-04-20",
    "township": "安阳镇",
}
BACK: Cells = {"said": "已返校", "school_said": "安阳镇中心小学"}
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
    another = ledger(both[0], report(BACK | {"name": "韦家二"}, number=3), acceptance=True).table
    assert "refused" not in set(another["state"])


def test_a_child_reported_by_mistake_is_taken_back_once_the_county_accepts() -> None:
    found = report({}, FOUND_SHEET)
    first = ledger(found, acceptance=True).table
    assert in_effect(earlier=first) == ["新发现"]
    second = ledger(row(TAKEN_BACK), earlier=first, acceptance=True).table
    assert dict(zip(second["kind"], second["state"], strict=True)) == {"report": "accepted", "whereabouts": "waiting"}
    waiting = second[second["state"] == "waiting"]
    yes = accepted("同意", waiting)
    assert in_effect(yes, earlier=second) == [], "on the very night of the county's word"
    third = ledger(yes, earlier=second, acceptance=True).table
    assert dict(zip(third["kind"], third["state"], strict=True)) == {
        "report": "superseded", "whereabouts": "accepted", "acceptance": "accepted",
    }  # fmt: skip
    assert in_effect(earlier=third, on=date(2020, 9, 2)) == [], "nor in the next semester"
    again = report({"checked_on": "2020-04-23"}, FOUND_SHEET)
    assert in_effect(again, earlier=third) == ["新发现"]


def test_only_what_a_township_reported_is_taken_back() -> None:
    assert ledger(row(TAKEN_BACK)).table["refusal"].tolist() == ["not_own_report"]
    of_another = ledger(report({"name": "韦家二", "id_number": "451228201101150016"}, FOUND_SHEET)).table
    taken = ledger(row(TAKEN_BACK, CHILD), earlier=of_another).table
    assert taken.loc[taken["kind"] == "whereabouts", "refusal"].tolist() == ["not_own_report"]


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
