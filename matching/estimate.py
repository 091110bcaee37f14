"""Learning a model, part one: what is counted before the EM algorithm runs (``matching.train``). How many pairs of each two
sources can be one person, siblings or strangers, and how often strangers agree by chance."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd

from matching.arrays import FieldLevels, Flags, Ints, Reals
from matching.batches import compare_all
from matching.birth_years import odds_of_birth_years
from matching.block import Candidates
from matching.default_model import NAMESAKES
from matching.levels.record_levels import COMPARED_FIELDS, RECORD_LEVEL
from matching.model import GROUPS_OF_PAIRS, Model, in_parts
from matching.records import People
from matching.siblings import sure_siblings
from matching.train import BOTH_ALONE, learn, patterns
from matching.weigh import NAME_DISAGREES, groups_of, shares_of

_NO_DAY = np.iinfo(np.int32).min
# Two records whose names agree, and one of these too, are probably one person.
_PROBABLY_ONE_PERSON = {
    "birth": ("exact",),
    "id": ("exact", "other_exact", "one_digit", "swapped", "lost_digits", "masked_agrees"),
    "address": ("same", "close"),
}
# The fields of a home, and the columns they are compared by.
_OF_A_HOME = {"kin": ("kin", "phone"), "place": ("township", "village"), "hamlet": ("hamlet",), "address": ("address",)}
_SURNAME_AGREES = ("missing", "same", "alike", "part")
_ENOUGH = 1000  # unsettled records from which strangers are drawn; if there are fewer, strangers are drawn from all
_OF_EQUAL_CONTENT = 10  # records that are passed over before a stranger is drawn
_RANDOM, _RANDOM_EACH = 200_000, 50  # random pairs of strangers: most in all, and per record
# The least share of records with a duplicate in their own source. Duplicates rarely have the same ID, so counting equal IDs
# finds too few of them.
_LEAST_WITHIN = 1e-3
# The least number of pairs of siblings, as a share of the most matches there can be: in a list that seems to have no siblings, the
# one pair of twins must not become one person.
_LEAST_SIBLINGS = 0.02
# The same for siblings of whom each is in one of the two lists only: each hides the other's absence where they are taken for one.
_LEAST_SIBLINGS_ALONE = 0.003
# Prior belief: the share of records with a counterpart in another source, and with a duplicate in their own; its strength in records.
_RATE_BETWEEN, _RATE_WITHIN, _RATE_STRENGTH = 0.5, 0.01, 10
_SIBLINGS_EACH = 1.0  # prior belief: siblings of a record among those it can be compared with
# The least share of records without ID that have no counterpart: a child without ID may be registered nowhere yet
# (未上户口, docs/formats.md 1.1).
_LEAST_UNMATCHED = 0.2
_NAMESAKES_STRENGTH = 5.0  # of the prior belief in ``NAMESAKES``, in pairs of namesakes of one village
_PERSONS, _STRANGERS = 0, 2  # places in the three numbers of pairs of ``Model.pairs``


def fit(
    people: People, candidates: Candidates, codes: FieldLevels, within: Flags, unrivalled: Flags, threads: int | None = None
) -> Model:
    """Learn a model from the candidate pairs and their comparison levels ``codes``; ``within``: both records are of one source;
    ``unrivalled``: no other record fits either of the two; ``threads``: None for one per processor. Without records the default model is
    returned."""
    if not len(people):
        return Model()
    k = len(people.sources)
    group = groups_of(people, candidates.left, candidates.right, codes, unrivalled)
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        of_strangers = pool.submit(_levels_of_strangers, people, candidates)
        of_siblings = pool.submit(sure_siblings, people, candidates, codes, within)
        same_birthdays = pool.submit(_same_birthdays, people, candidates)
        namesakes = _namesakes_in_village(people)
        pattern = patterns(codes, within, group, shares_of(people, candidates.left, candidates.right), namesakes)
        unsettled = _unsettled(people, candidates)
        starts, most, least = _starting_numbers(people, codes, group, unsettled)
    model, numbers = learn(
        pattern,
        of_strangers.result(),
        of_siblings.result(),
        same_birthdays.result(),
        _share_damaged(people),
        np.maximum(starts.reshape(-1, 3), 1e-3),
        np.maximum(most.ravel(), 1e-3),
        least.reshape(-1, 2),
        len(people),
    )
    table = numbers.reshape(k, k, len(GROUPS_OF_PAIRS), 3)
    unmatched = _share_unmatched(table[..., 1::2, _PERSONS].sum(axis=-1), unsettled)
    table[..., 1::2, _STRANGERS] *= unmatched[..., None]
    pairs = {
        a: {
            b: {name: _as_numbers(table[i, j, g]) for g, name in enumerate(GROUPS_OF_PAIRS)}
            for j, b in enumerate(people.sources)
            if j >= i
        }
        for i, a in enumerate(people.sources)
    }
    return replace(model, pairs=pairs, namesakes=namesakes, birth_years=odds_of_birth_years(people, candidates.settled))


def _starting_numbers(people: People, codes: FieldLevels, group: Ints, unsettled: Reals) -> tuple[Reals, Reals, Reals]:
    """Returns for each two sources i, j and each group of pairs (``GROUPS_OF_PAIRS``): the expected numbers of pairs that are one
    person, siblings, strangers, shape (k, k, 4, 3); the most matches there can be, (k, k, 4); the fewest matches and siblings,
    (k, k, 4, 2). ``unsettled``: as ``_unsettled`` gives it."""
    k = len(people.sources)
    same_source = np.eye(k, dtype=bool)
    comparable = _comparable(people)
    smaller = np.minimum(comparable, comparable.T)  # the less complete source has a counterpart for each record at most
    without_id = 1 - np.bincount(people.source, _has_id(people), minlength=k) / np.bincount(people.source, minlength=k)
    pairs_without_id = 1 - np.outer(1 - without_id, 1 - without_id)
    most = np.stack([smaller * (1 - pairs_without_id), smaller * pairs_without_id], axis=-1)
    equal_id_and_name = (codes["id"] == RECORD_LEVEL["id"]["exact"]) & (codes["name"] == RECORD_LEVEL["name"]["exact"])
    certain = np.bincount(group[equal_id_and_name], minlength=k * k * 4).reshape(k, k, 2, 2)[..., 0].sum(axis=-1)
    prior = np.where(same_source, _RATE_WITHIN, _RATE_BETWEEN) * _RATE_STRENGTH
    rates = np.minimum((certain + prior) / (smaller + _RATE_STRENGTH), 1.0)
    # Only records that are not settled in the other source are compared with siblings and strangers there.
    unsettled_pairs = unsettled * unsettled.transpose(1, 0, 2)
    unsettled_pairs[same_source] /= 2
    strangers = np.stack([unsettled_pairs[..., 0], unsettled_pairs[..., 1] - unsettled_pairs[..., 0]], axis=-1)
    siblings = _SIBLINGS_EACH * np.minimum(np.minimum(unsettled, unsettled.transpose(1, 0, 2))[..., 1:], most + 1)
    # Two records that are siblings are rarely unrivalled: each has a counterpart of its own, as a rule. Two of one person are.
    matches = [np.where(same_source, 1.0, share)[..., None] * rates[..., None] * most for share in (0.1, 0.9)]
    matches[1] *= ~same_source[..., None]
    fewest = np.where(same_source, _LEAST_WITHIN, 0.0)[..., None] * most
    starts = np.concatenate(
        [
            np.stack([matches[0], siblings, strangers], axis=-1),
            np.stack([matches[1], BOTH_ALONE * siblings, strangers], axis=-1),
        ],
        axis=2,
    )
    least = np.concatenate(
        [np.stack([fewest, _LEAST_SIBLINGS * most], axis=-1), np.stack([0 * fewest, _LEAST_SIBLINGS_ALONE * most], axis=-1)],
        axis=2,
    )
    return starts, np.concatenate([most, most], axis=2), least


def _share_unmatched(persons: Reals, unsettled: Reals) -> Reals:
    """[i, j]: the share of the records without ID that have no counterpart; 1 within a source. A record has one counterpart at most,
    so one that has a counterpart is nobody else's: only the unmatched ones can be taken for a stranger's (the prior of a
    bipartite matching, Sadinle 2017, here of its less complete side)."""
    without_id = unsettled[..., 1] - unsettled[..., 0]
    share = 1 - persons / np.maximum(without_id + without_id.T, 1)
    return np.where(np.eye(len(share), dtype=bool), 1.0, np.clip(share, _LEAST_UNMATCHED, 1.0))


def _has_id(people: People) -> Flags:
    """Per record: does it have an ID, complete or damaged?"""
    return np.asarray(people.keys["id_head"].is_valid().to_numpy() | people.keys["id"].is_valid().to_numpy())


def _unsettled(people: People, candidates: Candidates) -> Reals:
    """[i, j, 0]: how many records of source i with an ID are not settled in source j; [i, j, 1]: how many records of i in all."""
    k, has_id = len(people.sources), _has_id(people)
    out = np.zeros((k, k, 2))
    for j in range(k):
        unsettled = candidates.settled >> np.uint64(j) & np.uint64(1) == 0
        for column, rows in enumerate((unsettled & has_id, unsettled)):
            out[:, j, column] = np.bincount(people.source[rows], minlength=k)
    return out


def _comparable(people: People) -> Reals:
    """[i, j]: how many records of source i are born in the years of source j (its middle 98 %). Adults have no counterpart among
    pupils and say nothing about how complete a school's list is."""
    years = people.keys["birth_year"].to_numpy().astype(float)
    by_source = [years[people.source == i] for i in range(len(people.sources))]
    known = [of_source[~np.isnan(of_source)] for of_source in by_source]
    ranges = [np.quantile(of_source, (0.01, 0.99)) if len(of_source) else (-np.inf, np.inf) for of_source in known]
    counts = [[float(((y >= low) & (y <= high) | np.isnan(y)).sum()) for low, high in ranges] for y in by_source]
    return np.array(counts).reshape(len(by_source), len(by_source))


def _levels_of_strangers(people: People, candidates: Candidates) -> FieldLevels:
    """Comparison levels of pairs that chance brings together, all but a handful of which are strangers: neighbours in the order of
    records, which is that of a hash. They are drawn from the records that are settled nowhere, if these are enough, because
    those are the strangers that a record is compared with."""
    size = min(_RANDOM, len(people) * _RANDOM_EACH)
    unsettled = np.flatnonzero(candidates.settled == 0)
    if len(people) < 2:
        return {name: np.zeros(0, dtype=np.uint8) for name in COMPARED_FIELDS}
    pool = unsettled if len(unsettled) >= _ENOUGH else np.arange(len(people))
    pool = pool[:size]
    nearest = min(_OF_EQUAL_CONTENT, len(pool) // 4)  # rows of equal content stand side by side, and are no strangers
    apart = range(nearest + 1, nearest + min(-(-size // len(pool)), len(pool) // 2 - nearest) + 1)
    left, right = np.tile(pool, len(apart)), np.concatenate([np.roll(pool, -distance) for distance in apart])
    across = people.source[left] != people.source[right] if len(people.sources) > 1 else left != right
    codes = _levels_of_two(people, left[across], right[across])
    # A field that one source alone has can be compared within it only, and is as usual there as its own records say.
    known = {column for column in people.compared.schema.names if people.compared[column].null_count < len(people)}
    alone = [field for field, columns in _OF_A_HOME.items() if known.intersection(columns) and not codes[field].any()]
    within = ~across & (left != right)
    if alone and len(people.sources) > 1 and within.any():
        codes |= {
            field: levels for field, levels in _levels_of_two(people, left[within], right[within]).items() if field in alone
        }
    return codes


def _levels_of_two(people: People, left: Ints, right: Ints) -> FieldLevels:
    """Comparison levels of the pairs, without those that are probably one person or of one household."""
    codes = compare_all(people, left, right)
    # From a small pool some pairs are one person: they are left out.
    one_person = np.zeros(len(codes["name"]), dtype=bool)
    for field, levels in _PROBABLY_ONE_PERSON.items():
        one_person |= np.isin(codes[field], [RECORD_LEVEL[field][level] for level in levels])
    one_person &= (codes["name"] > 0) & ~np.isin(codes["name"], NAME_DISAGREES)
    # In letters no kin is named: who has one surname at one address is of one household.
    household = in_parts(codes) & (codes["address"] == RECORD_LEVEL["address"]["same"])
    household &= np.isin(codes["surname"], [RECORD_LEVEL["surname"][level] for level in _SURNAME_AGREES])
    one_person |= household
    return {name: code[~one_person] for name, code in codes.items()}


def _same_birthdays(people: People, candidates: Candidates) -> dict[str, tuple[float, float]]:
    """Returns per table of birthdates (how many pairs of strangers have one birthdate, of how many pairs), counted from the number
    of records born on each day. Between sources only records that are not settled in the other source count: among the
    children who are in no school, fewer have a given birthdate than among all."""
    day = people.keys["birth"].fill_null(_NO_DAY).to_numpy().astype(np.int64)
    days, at = np.unique(day, return_inverse=True)
    known = day != _NO_DAY
    k = len(people.sources)

    def born(rows: Flags) -> Reals:
        return np.bincount(at[rows & known], minlength=len(days)).astype(float)

    within = [born(people.source == i) for i in range(k)]
    same, pairs = 0.0, 0.0
    for i in range(k):
        for j in range(i + 1, k):
            in_i, in_j = (
                born((people.source == own) & (candidates.settled >> np.uint64(target) & np.uint64(1) == 0))
                for own, target in ((i, j), (j, i))
            )
            same, pairs = same + float(in_i @ in_j), pairs + in_i.sum() * in_j.sum()
    return {
        "birth": (same, float(pairs)),
        "birth_given_other_id": (same, float(pairs)),
        "birth_within": (float(sum(c @ (c - 1) for c in within)), float(sum(c.sum() * (c.sum() - 1) for c in within))),
    }


def _namesakes_in_village(people: People) -> float:
    """How many times as frequent a name is in one's own village as in the whole list, counted on pairs of records of one source that
    were not born on one day; those are more often one person, entered twice."""
    name, village, birth = (pd.factorize(people.keys[key].to_numpy())[0].astype(np.int64) for key in ("name", "village", "birth"))
    rows = np.flatnonzero((name >= 0) & (village >= 0))

    def pairs(*columns: Ints) -> float:
        number = people.source[rows]
        for column in columns:
            number = number * (int(column.max(initial=0)) + 2) + column[rows] + 1
        size = np.unique(number, return_counts=True)[1].astype(float)
        return float((size * (size - 1) / 2).sum())

    everywhere = (pairs(name) - pairs(name, birth)) / max(pairs(), 1.0)
    expected = everywhere * pairs(village)
    found = pairs(village, name) - pairs(village, name, birth)
    return max((found + NAMESAKES * _NAMESAKES_STRENGTH) / (expected + _NAMESAKES_STRENGTH), 1.0)


def _share_damaged(people: People) -> float:
    """The share of IDs that are invalid, or of which only leading digits survive."""
    with_id = people.keys["id_head"].is_valid().to_numpy()
    return float((people.valid_number[with_id] < 0).mean()) if with_id.any() else 0.0


def _as_numbers(numbers: Reals) -> tuple[float, float, float]:
    """Persons, siblings, strangers as ``Model.pairs`` holds them."""
    return float(numbers[0]), float(numbers[1]), float(numbers[2])
