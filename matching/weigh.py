"""Weighing: from comparison levels to the match weight of a pair, the log2 of the odds that it is one person."""

from functools import reduce

import numpy as np
import numpy.typing as npt

from matching.arrays import FieldLevels, Flags, Ints, Reals
from matching.batches import in_batches
from matching.birth_years import birth_year_bits
from matching.levels.name_levels import NAME_AGREES, NAME_LEVELS
from matching.levels.record_levels import RECORD_LEVEL
from matching.model import CARELESS, GROUPS_OF_PAIRS, SAME, SIBLING, STRANGER, Model, covers, log_likelihoods
from matching.records import People, Positions
from matching.train import class_numbers


def groups_of(people: People, left: Positions, right: Positions, codes: FieldLevels, unrivalled: Flags) -> Ints:
    """Returns the group of each pair, which is what its prior depends on: its two sources, whether another record fits one of the two
    (``unrivalled``: none does), and whether it has an ID to compare. Records without ID are few, but most of the records that are not
    settled, and their prior odds are different."""
    k = max(len(people.sources), 1)
    source_l, source_r = people.source[left], people.source[right]
    sources = np.minimum(source_l, source_r) * k + np.maximum(source_l, source_r)
    return np.asarray((sources * 2 + unrivalled) * 2 + (codes["id"] == 0))


def shares_of(people: People, left: Positions, right: Positions) -> dict[str, npt.NDArray[np.float32]]:
    """Returns how frequent the pair's name, its sound and the sound of the given name are, as shares of all records; of two
    different names the more frequent one's."""
    return {name: np.maximum(share[left], share[right]) for name, share in people.shares.items()}


def _log_priors(model: Model, sources: list[str]) -> Reals:
    """log2 of the expected number of pairs per group (``groups_of``) and class, shape (groups, 4). Of two sources only the order
    that groups use is filled. Raises ValueError where the model does not know these sources."""
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
    unrivalled: Flags,
    threads: int | None = None,
) -> Reals:
    """Returns the weight of each pair in bits: log2 of the odds that it is one person rather than siblings or strangers.

    ``left``, ``right``: positions in ``people``. ``codes``: comparison levels per field. ``unrivalled``: per pair, does no other
    record fit either of the two (``matching.siblings``)? Raises ValueError where the model does not know the sources.
    """
    weight = np.zeros(len(left))

    def work(batch: slice) -> None:
        batch_codes = {name: code[batch] for name, code in codes.items()}
        _, total = joint_log_likelihood(model, people, left[batch], right[batch], batch_codes, unrivalled[batch])
        weight[batch] = np.logaddexp2(total[:, SAME], total[:, CARELESS]) - np.logaddexp2(total[:, SIBLING], total[:, STRANGER])

    in_batches(work, len(left), threads)
    return weight


def joint_log_likelihood(
    model: Model, people: People, left: Positions, right: Positions, codes: FieldLevels, unrivalled: Flags
) -> tuple[dict[str, Reals], Reals]:
    """Returns (log2 likelihood per field, their sum with the log2 prior), each of shape (pairs, 4 classes)."""
    within = people.source[left] == people.source[right]
    likelihoods = log_likelihoods(model, codes, within, shares_of(people, left, right))
    prior = _log_priors(model, people.sources)[groups_of(people, left, right, codes, unrivalled)]
    total = reduce(np.add, likelihoods.values()) + prior
    total[:, (SAME, CARELESS)] += birth_year_bits(model.birth_years, people, left, right)[:, None]
    return likelihoods, total


def field_weights(likelihoods: dict[str, Reals], total: Reals) -> tuple[dict[str, Reals], Ints]:
    """Returns (per field the bits in favour of one person, per pair the rival class), from ``joint_log_likelihood``. The likelier of
    the two classes of one person is weighed against its rival, the likelier of siblings and strangers."""
    rows = np.arange(len(total))
    person = np.where(total[:, CARELESS] > total[:, SAME], CARELESS, SAME)
    rival = np.where(total[:, SIBLING] > total[:, STRANGER], SIBLING, STRANGER)
    return {name: value[rows, person] - value[rows, rival] for name, value in likelihoods.items()}, rival


def match_probability(weight: Reals) -> Reals:
    """Probability for log2 odds, clipped to ±60 bits."""
    return np.asarray(1 / (1 + np.exp2(-np.clip(weight, -60, 60))))


# The codes of the name's levels at which two names are not one name, mistyped.
NAME_DISAGREES = [RECORD_LEVEL["name"][level] for level in NAME_LEVELS if level not in ("missing", *NAME_AGREES)]
