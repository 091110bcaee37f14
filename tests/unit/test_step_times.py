"""How far a run is, by what its steps took the last time."""

import pytest

from pipelines.night.step_times import estimate_of, in_words
from pipelines.night.steps import Step

LAST = {"read": 10.0, "accept": 20.0, "link": 50.0, "publish": 20.0}


def test_a_step_has_the_share_of_the_time_it_took() -> None:
    link = estimate_of(Step.LINK, LAST)
    assert (link.number, link.share, link.until, link.seconds, link.left) == (4, 0.3, 0.8, 50.0, 70.0)
    assert [link.share_after(spent) for spent in (0, 25, 1000)] == [0.3, 0.55, 0.8]  # a slow step does not run into the next
    assert [link.left_after(spent) for spent in (0, 25, 1000)] == [70.0, 45.0, 20.0]


def test_a_last_step_that_takes_longer_has_no_time_left() -> None:
    assert estimate_of(Step.PUBLISH, LAST).left_after(30) == 0.0


def test_without_a_run_before_all_steps_are_equal_and_no_time_is_told() -> None:
    compare = estimate_of(Step.COMPARE, {})
    assert (compare.share, compare.until, compare.share_after(5)) == (0.2, 0.3, 0.2)
    assert compare.left is compare.left_after(5) is None


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 秒"), (42.4, "42 秒"), (89, "89 秒"), (90, "2 分钟"), (610, "10 分钟")])
def test_times_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
