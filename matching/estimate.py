"""What the data at hand tell of themselves before any pair is weighed: how many pairs can be one person, how many are
strangers' and how alike strangers are; and the model fitted to that."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from matching.arrays import FieldLevels, Reals
from matching.batches import compare_all
from matching.block import Candidates
from matching.levels.record_levels import COMPARED_FIELDS, RECORD_LEVEL
from matching.model import GROUPS_OF_PAIRS, Model
from matching.records import People
from matching.train import learn, patterns
from matching.weigh import NAME_DISAGREES, groups, shares_of

_NO_DAY = np.iinfo(np.int32).min
_TELLING = {
    "birth": ("exact",),
    "id": ("exact", "other_exact", "one_digit", "swapped", "lost_digits"),
    "address": ("same", "close"),
}
_ENOUGH = 1000  # records, for strangers to be drawn from
_RANDOM, _RANDOM_EACH = 200_000, 50  # random pairs, in all and per record, to see how strangers agree
# Repeats inside a register rarely bear the same ID: counting those finds too few.
_LEAST_WITHIN = 1e-3
# However few siblings the data seem to show: a list without any must not make twins of the one pair that are.
_LEAST_SIBLINGS = 0.02
# Before any data: how many records of one source have their counterpart in another, and in the same one; and how many
# records' worth of belief that is.
_RATE_BETWEEN, _RATE_WITHIN, _RATE_STRENGTH = 0.5, 0.01, 10
_SIBLINGS_EACH = 1.0
# However well the data seem to match: who has no ID may be registered nowhere yet (docs/formats.md 1.1: 未上户口).
_LEAST_UNMATCHED = 0.2
PERSONS, STRANGERS = 0, 2  # of the three numbers of pairs


def fit(people: People, found: Candidates, codes: FieldLevels, within: npt.NDArray[np.bool_], adjust: Reals) -> Model:
    if not len(people):
        return Model()
    group = groups(people, found.left, found.right, codes)
    seen = patterns(codes, within, group, shares_of(people, found.left, found.right), adjust)
    k = max(len(people.sources), 1)
    has_id = people.keys["id_head"].is_valid().to_numpy() | people.keys["id"].is_valid().to_numpy()
    comparable = _comparable(people)
    smaller = np.minimum(comparable, comparable.T)
    lacking = 1 - np.bincount(people.source, has_id, minlength=k) / np.maximum(np.bincount(people.source, minlength=k), 1)
    without = 1 - np.outer(1 - lacking, 1 - lacking)
    most = np.stack([smaller * (1 - without), smaller * without], axis=-1)
    sure = (codes["id"] == RECORD_LEVEL["id"]["exact"]) & (codes["name"] == RECORD_LEVEL["name"]["exact"])
    sure_pairs = np.bincount(group[sure], minlength=k * k * 2).reshape(k, k, 2)[..., 0]
    inside = np.eye(k, dtype=bool)
    before = np.where(inside, _RATE_WITHIN, _RATE_BETWEEN) * _RATE_STRENGTH
    rates = np.minimum((sure_pairs + before) / (smaller + _RATE_STRENGTH), 1.0)
    least = np.stack([np.where(inside, _LEAST_WITHIN, 0.0)[..., None] * most, _LEAST_SIBLINGS * most], axis=-1)
    # Only records that are not settled in the other source can meet a stranger or a sibling there.
    opened = [_not_settled(people, found, has_id, j) for j in range(k)]
    there = np.array([[opened[j][i] for j in range(k)] for i in range(k)])  # [i, j, with ID / all]: of i, open in j
    counted = there * there.transpose(1, 0, 2)
    counted[inside] /= 2
    strangers = np.stack([counted[..., 0], counted[..., 1] - counted[..., 0]], axis=-1)
    siblings = _SIBLINGS_EACH * np.minimum(np.minimum(there, there.transpose(1, 0, 2))[..., 1:], most + 1)
    starts = np.stack([rates[..., None] * most, siblings, strangers], axis=-1).reshape(-1, 3)
    model, numbers = learn(
        seen,
        _random_codes(people, found),
        _same_birthdays(people, found),
        _damaged(people),
        np.maximum(starts, 1e-3),
        np.maximum(most.ravel(), 1e-3),
        least.reshape(-1, 2),
        len(people),
    )
    table = numbers.reshape(k, k, 2, 3)
    table[..., 1, STRANGERS] *= _unmatched(table[..., 1, PERSONS], there, inside)
    pairs = {
        a: {
            b: {name: _three(table[i, j, g]) for g, name in enumerate(GROUPS_OF_PAIRS)}
            for j, b in enumerate(people.sources)
            if j >= i
        }
        for i, a in enumerate(people.sources)
    }
    return replace(model, pairs=pairs)


def _unmatched(persons: Reals, there: Reals, inside: npt.NDArray[np.bool_]) -> Reals:
    """[i, j]: the share of records without ID that have no counterpart. Whoever has one is a stranger to nobody else, for
    one record has one counterpart at most: strangers are met by the others alone (Sadinle 2017, the prior of a bipartite
    matching; here of its less complete side)."""
    lacking = there[..., 1] - there[..., 0]
    share = 1 - persons / np.maximum(lacking + lacking.T, 1)
    return np.where(inside, 1.0, np.clip(share, _LEAST_UNMATCHED, 1.0))


def _not_settled(people: People, found: Candidates, has_id: npt.NDArray[np.bool_], source: int) -> Reals:
    """Per source how many records are not settled in ``source``: those with an ID, and all."""
    k = max(len(people.sources), 1)
    is_open = found.settled >> np.uint64(source) & np.uint64(1) == 0
    counts = [np.bincount(people.source[rows], minlength=k) for rows in (is_open & has_id, is_open)]
    return np.stack(counts, axis=-1).astype(float)


def _comparable(people: People) -> Reals:
    """Of each source, how many records are of the ages that another source holds: [i, j] of i in j's range of birth
    years (its middle 98 %). Grown-ups have no counterpart in a school, and no bearing on how complete it is."""
    years = people.keys["birth_year"].to_numpy().astype(float)
    groups = [years[people.source == i] for i in range(len(people.sources))]
    known = [group[~np.isnan(group)] for group in groups]
    ranges = [np.quantile(group, (0.01, 0.99)) if len(group) else (-np.inf, np.inf) for group in known]
    return np.array([[float(((g >= low) & (g <= high) | np.isnan(g)).sum()) for low, high in ranges] for g in groups]).reshape(
        len(groups), len(groups)
    )


def _random_codes(people: People, found: Candidates) -> FieldLevels:
    """Level codes of pairs of records drawn at random: strangers, all but a handful. Of records that are not settled,
    where there are two sources that have such: those are the strangers one can be mistaken for."""
    rng = np.random.default_rng(0)
    size = min(_RANDOM, len(people) * _RANDOM_EACH)
    unsettled = np.flatnonzero(found.settled == 0)
    if len(people) < 2:
        return {name: np.zeros(0, dtype=np.uint8) for name in COMPARED_FIELDS}
    pool = unsettled if len(unsettled) >= _ENOUGH else np.arange(len(people))
    left, right = rng.choice(pool, size), rng.choice(pool, size)
    different = people.source[left] != people.source[right] if len(people.sources) > 1 else left != right
    codes = compare_all(people, left[different], right[different])
    # In so small a pool some are no strangers: those whose names agree and birthdate, ID or address beside.
    same = np.zeros(len(codes["name"]), dtype=bool)
    for field, levels in _TELLING.items():
        same |= np.isin(codes[field], [RECORD_LEVEL[field][level] for level in levels])
    same &= (codes["name"] > 0) & ~np.isin(codes["name"], NAME_DISAGREES)
    return {name: code[~same] for name, code in codes.items()}


def _same_birthdays(people: People, found: Candidates) -> dict[str, tuple[float, float]]:
    """(how many pairs of strangers are born on one day, of how many pairs) between sources, of records not settled there,
    and within: counted from how many are born on each day. Children registered for school age meet fewer of their
    birthday among those who are in no school than among all."""
    day = people.keys["birth"].fill_null(_NO_DAY).to_numpy().astype(np.int64)
    days, at = np.unique(day, return_inverse=True)
    known = day != _NO_DAY
    k = len(people.sources)

    def born(rows: npt.NDArray[np.bool_]) -> Reals:
        return np.bincount(at[rows & known], minlength=len(days)).astype(float)

    within = [born(people.source == i) for i in range(k)]
    same, pairs = 0.0, 0.0
    for i in range(k):
        for j in range(i + 1, k):
            one, other = (
                born((people.source == a) & (found.settled >> np.uint64(b) & np.uint64(1) == 0)) for a, b in ((i, j), (j, i))
            )
            same, pairs = same + float(one @ other), pairs + one.sum() * other.sum()
    return {
        "birth": (same, float(pairs)),
        "birth_given_other_id": (same, float(pairs)),
        "birth_within": (float(sum(c @ (c - 1) for c in within)), float(sum(c.sum() * (c.sum() - 1) for c in within))),
    }


def _damaged(people: People) -> float:
    """The share of IDs that are invalid or cut."""
    with_id = people.keys["id_head"].is_valid().to_numpy()
    return float((people.valid_number[with_id] < 0).mean()) if with_id.any() else 0.0


def _three(numbers: Reals) -> tuple[float, float, float]:
    return float(numbers[0]), float(numbers[1]), float(numbers[2])
