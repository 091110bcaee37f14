"""From scored pairs to decisions: the thresholds, and rivals weighed against one another."""

from collections.abc import Sequence

import numpy as np
import pytest

from matching.decide import PairDecision, Records, decide


def decided(sources: str, *pairs: tuple[int, int, float], cost_ratio: float = 100.0, numbers: Sequence[int] = ()) -> PairDecision:
    """``sources``: the source of each record, a letter each; ``pairs``: two records and the odds that they are one person; ``numbers``: codes of
    the records' IDs."""
    left, right, odds = (np.array(column) for column in zip(*pairs, strict=True))
    unknown = np.full(len(sources), -1)
    records = Records(np.array(["abc".index(letter) for letter in sources]), np.array(numbers) if numbers else unknown, unknown)
    barred = np.zeros(len(pairs), dtype=bool)
    return decide(records, left, right, odds.astype(float), barred, cost_ratio)


@pytest.mark.parametrize(
    ("odds", "decision"),
    [
        (150, "match"),  # a missed child costs a hundred visits
        (50, "possible"),
        (0.26, "possible"),  # of such pairs one in five is right
        (0.24, "no"),
        (0.1, "no"),
        (0.03, "no"),
    ],
)
def test_a_pair_alone_is_linked_shown_or_left(odds: float, decision: str) -> None:
    found = decided("ab", (0, 1, odds))
    assert ("match" if found.match[0] else "possible" if found.possible[0] else "no") == decision


def test_five_children_of_like_weight_are_not_all_shown() -> None:
    """A record that fits six equally well is each one's with less than one in five."""
    found = decided("abbbbbb", *((0, other, 10.0) for other in range(1, 7)))
    assert not found.match.any() and not found.possible.any()


def test_rivals_of_rivals_are_weighed() -> None:
    """A chain of records a0 b0 a1 b1 a2, each pair as likely as the next: of its matchings (none, four of one pair, three of
    two pairs) the first pair is in 1 × 2 + 2 × 4 = 10 parts of 1 + 4 × 2 + 3 × 4 = 21, the second in 1 × 2 + 1 × 4 = 6."""
    found = decided("ababa", (0, 1, 2.0), (1, 2, 2.0), (2, 3, 2.0), (3, 4, 2.0))
    assert found.probability == pytest.approx(np.array([10, 6, 6, 10]) / 21, abs=1e-5)


@pytest.mark.parametrize(("odds", "linked"), [(1000, [False, False]), (1e6, [False, True])])
def test_a_record_without_id_goes_to_neither_of_two_persons_of_two_lists_unless_one_is_much_likelier(
    odds: float, linked: list[bool]
) -> None:
    found = decided("abc", (0, 2, 1000.0), (1, 2, odds), numbers=(1, 2, -1))
    assert found.match.tolist() == linked
    assert found.probability[0] == pytest.approx(1000 / (1000 + odds))


def test_a_record_without_id_joins_two_records_of_one_person() -> None:
    found = decided("abc", (0, 2, 1000.0), (1, 2, 1000.0), (0, 1, 1000.0), numbers=(1, 1, -1))
    assert found.match.all()


@pytest.mark.parametrize("cost_ratio", [100.0, 3.0, 1.0, 0.3])
def test_doubtful_duplicates_cost_no_surer_link(cost_ratio: float) -> None:
    """Two records of one list that look a little like one person, each with its own counterpart in the other list."""
    found = decided("aabb", (0, 1, 1.5), (0, 2, 500.0), (1, 3, 500.0), cost_ratio=cost_ratio)
    assert found.match.tolist() == [False, True, True]


def test_doubtful_duplicates_whose_counterparts_are_duplicates_are_joined() -> None:
    found = decided("aabb", (0, 1, 4.0), (2, 3, 4.0), (0, 2, 500.0), (1, 3, 500.0), cost_ratio=1.0)
    assert found.match.all()
