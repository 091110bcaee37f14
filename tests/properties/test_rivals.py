"""The probability of each pair among its rivals is that of the random matching: beside one that counts all matchings."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.decide import Records, decide

Pair = tuple[int, int, float]


def marginals(pairs: list[Pair]) -> list[float]:
    """Of each pair, in which share of all matchings it is; a matching weighs the product of its pairs' odds."""
    total, of_pair = 0.0, [0.0] * len(pairs)

    def grow(start: int, taken: frozenset[int], chosen: tuple[int, ...], weight: float) -> None:
        nonlocal total
        total += weight
        for pair in chosen:
            of_pair[pair] += weight
        for i in range(start, len(pairs)):
            one, other, odds = pairs[i]
            if not taken & {one, other}:
                grow(i + 1, taken | {one, other}, (*chosen, i), weight * odds)

    grow(0, frozenset(), (), 1.0)
    return [weight / total for weight in of_pair]


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[int], list[Pair]]:
    """Records of two sources and pairs among them without a circle: each record but the first is paired with an earlier one of
    the other source."""
    source, pairs = [0], []
    for record in range(1, draw(st.integers(2, 10))):
        rival = draw(st.integers(0, record - 1))
        source.append(1 - source[rival])
        pairs.append((rival, record, draw(st.sampled_from([0.05, 0.5, 1.0, 3.0, 20.0, 90.0]))))
    return source, pairs


@given(trees())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_where_no_rivals_form_a_circle_the_probabilities_are_exact(tree: tuple[list[int], list[Pair]]) -> None:
    source, pairs = tree
    left, right, odds = (np.array(column) for column in zip(*pairs, strict=True))
    nothing, barred = np.full(len(source), -1), np.zeros(len(pairs), dtype=bool)
    found = decide(Records(np.array(source), nothing, nothing), left, right, odds.astype(float), barred)
    np.testing.assert_allclose(found.probability, marginals(pairs), atol=1e-4)
