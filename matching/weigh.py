"""Weighing: from levels of agreement to the odds that a pair is one person, priors included."""

import numpy as np
import numpy.typing as npt

from matching.arrays import FieldLevels, Ints, Reals
from matching.batches import in_batches
from matching.levels.name_levels import AGREE, NAME_LEVELS
from matching.levels.record_levels import RECORD_LEVEL
from matching.model import CARELESS, GROUPS_OF_PAIRS, SAME, SIBLING, STRANGER, Model, covers, log_likelihoods
from matching.records import People, Positions
from matching.train import class_numbers


def groups(people: People, left: Positions, right: Positions, codes: FieldLevels) -> Ints:
    """The group of each pair: its pair of sources, with an ID to compare or without. Records without ID are few, but they
    are most of those that are not settled, so that the odds among them are their own."""
    k = max(len(people.sources), 1)
    one, other = people.source[left], people.source[right]
    return (np.minimum(one, other) * k + np.maximum(one, other)) * 2 + (codes["id"] == 0)


def shares_of(people: People, left: Positions, right: Positions) -> dict[str, npt.NDArray[np.float32]]:
    """How frequent the pair's name, its sound and the given name's sound are: of the two sides the commoner."""
    return {name: np.maximum(share[left], share[right]) for name, share in people.shares.items()}


def priors(model: Model, sources: list[str]) -> Reals:
    """log2 of the expected numbers of pairs per class, (groups, 4); of unordered pairs of sources those filled alone."""
    if not covers(model, sources):
        raise ValueError(f"the model does not know how many pairs of {', '.join(sources)} are one person: use Linkage.model")
    k = len(sources)
    numbers = np.ones((k, k, len(GROUPS_OF_PAIRS), 3))
    for i, a in enumerate(sources):
        for j in range(i, k):
            for g, name in enumerate(GROUPS_OF_PAIRS):
                numbers[i, j, g] = model.pairs[a][sources[j]][name]
    return class_numbers(numbers.reshape(-1, 3), np.array(model.careless))


def weigh(
    model: Model,
    people: People,
    left: Positions,
    right: Positions,
    codes: FieldLevels,
    sibling_adjust: Reals | None = None,
    threads: int | None = None,
) -> Reals:
    """log2 of the odds that each pair (positions) is one person, rather than siblings or strangers. ``sibling_adjust``:
    log2 of how much less likely siblings are, per pair."""
    weight = np.zeros(len(left))

    def work(batch: slice) -> None:
        _, total = joint(model, people, left[batch], right[batch], {n: c[batch] for n, c in codes.items()})
        if sibling_adjust is not None:
            total[:, SIBLING] += sibling_adjust[batch]
        weight[batch] = np.logaddexp2(total[:, SAME], total[:, CARELESS]) - np.logaddexp2(total[:, SIBLING], total[:, STRANGER])

    in_batches(work, len(left), threads)
    return weight


def joint(model: Model, people: People, left: Positions, right: Positions, codes: FieldLevels) -> tuple[dict[str, Reals], Reals]:
    """(log2 likelihoods per field, their sum with the prior), each (pairs, 4 classes)."""
    within = people.source[left] == people.source[right]
    likelihoods = log_likelihoods(model, codes, within, shares_of(people, left, right))
    prior = priors(model, people.sources)[groups(people, left, right, codes)]
    return likelihoods, np.sum(list(likelihoods.values()), axis=0) + prior


def field_bits(likelihoods: dict[str, Reals], total: Reals) -> tuple[dict[str, Reals], npt.NDArray[np.int64]]:
    """(per field the bits for one person, the rival): the likelier of the person's two classes against the likelier of
    siblings and strangers."""
    rows = np.arange(len(total))
    person = np.where(total[:, CARELESS] > total[:, SAME], CARELESS, SAME)
    rival = np.where(total[:, SIBLING] > total[:, STRANGER], SIBLING, STRANGER)
    return {name: value[rows, person] - value[rows, rival] for name, value in likelihoods.items()}, rival


NAME_DISAGREES = [RECORD_LEVEL["name"][level] for level in NAME_LEVELS if level not in ("missing", *AGREE)]
