"""What the soak of ``bidui serve`` counts as a night that was lost, run twice, without a name or untold."""

from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.soak_verdict import NightRun, verdict

FIRST = datetime(2020, 4, 14, 18, 0, 0, tzinfo=UTC)  # two o'clock of the 15th in China


def of_minute(minute: int, state: str, run_id: str = "", key: str | None = None, kind: str = "COMPLETED") -> NightRun:
    return NightRun(run_id or f"{minute}", FIRST + timedelta(minutes=minute), kind, state, key)


def shown(minute: int) -> str:
    return f"2020-04-15 02:{minute:02}"


WELL = [of_minute(0, "已发布"), of_minute(1, "有缺口"), of_minute(2, "已发布")]
LAST = FIRST + timedelta(minutes=2)
HEARD = ["大化 2020-04-15 02:01 有缺口"]


def test_nights_that_ended_and_were_told_are_well() -> None:
    found = verdict([*WELL, of_minute(3, "Scheduled", kind="SCHEDULED")], LAST, HEARD)
    assert found.well and (found.nights, found.bad) == (3, 1) and found.states == {"已发布": 2, "有缺口": 1}
    assert verdict(WELL, LAST, []).untold == [f"{shown(1)} 有缺口"]
    assert not verdict([], LAST, []).well


@pytest.mark.parametrize(
    "lost",
    [
        [],
        [of_minute(1, "Late", kind="SCHEDULED")],
        [of_minute(1, "Running", kind="RUNNING")],
        [of_minute(1, "Crashed", kind="CRASHED")],
        [of_minute(1, "被中断")],  # its repeat is not there
        [of_minute(1, "被中断", "a"), of_minute(2, "AwaitingRetry", "b", "again-a", "SCHEDULED")],
    ],
)
def test_a_slot_of_which_nobody_knows_what_came_is_lost(lost: list[NightRun]) -> None:
    found = verdict([WELL[0], *lost, WELL[2]], LAST, ["2020-04-15 02:01 被中断"])
    assert found.lost == [shown(1)] and not found.well and not found.twice


def test_slots_at_the_end_that_never_came_are_lost() -> None:
    assert verdict(WELL[:1], LAST, []).lost == [shown(2), shown(1)]


def test_a_missed_slot_counts_on_a_later_one_that_ran() -> None:
    missed = of_minute(1, "已错过", kind="CANCELLED")
    assert verdict([WELL[0], missed, WELL[2]], LAST, []).well
    assert verdict([WELL[0], missed, of_minute(2, "已错过", kind="CANCELLED")], LAST, []).lost == [shown(2), shown(1)]


def test_an_interrupted_night_is_told_and_run_again_and_not_twice() -> None:
    interrupted = [of_minute(1, "被中断", "a", kind="CRASHED"), of_minute(5, "已发布", "b", "again-a")]
    assert verdict([WELL[0], *interrupted, WELL[2]], LAST, ["2020-04-15 02:01 被中断"]).well
    twice = verdict([*WELL, of_minute(2, "已发布", "c")], LAST, HEARD)
    assert twice.twice == [shown(2)] and not twice.well
    assert verdict([*WELL, of_minute(2, "已错过", "c", kind="CANCELLED")], LAST, HEARD).well


def test_a_state_without_a_name_of_ours_is_told_of() -> None:
    assert verdict([*WELL[:2], of_minute(2, "TimedOut", kind="FAILED")], LAST, HEARD).unnamed == [f"{shown(2)} TimedOut"]
