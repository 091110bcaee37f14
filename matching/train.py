"""Learning a model, part two: the EM algorithm over patterns of agreement, with the default model as prior belief.

* Levels of the two classes of one person are learned by EM.
* Levels of strangers are counted on random pairs, not on candidates, which were chosen because they agree.
* Names, IDs and birthdates of siblings are counted on pairs that are siblings for certain: children of one household who each have
  a counterpart of their own. Candidates would not do, because a duplicate looks like a sibling.
* How often a child is typed with its sibling's ID is learned where both children are in both lists, and applied where one is not.
* Kin, place and address of siblings agree as well and as badly as those of one person typed twice.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.arrays import Codes, FieldLevels, Flags, Ints, Reals
from matching.levels.record_levels import COMPARED_FIELDS, LEVEL_GROUPS, RECORD_LEVEL
from matching.model import (
    CARELESS,
    LEVEL_TABLES,
    SAME,
    SHARE_OF,
    SIBLING,
    STRANGER,
    Model,
    default_table,
    in_parts,
    name_frequencies,
    pairs_of_tables,
)

# Strength of the prior belief in the defaults: as much as so many pairs of data.
_STRENGTH = {SAME: 200.0, CARELESS: 500.0, SIBLING: 1000.0, STRANGER: 2000.0}
_CARELESS_STRENGTH = 200.0  # the same for the share of careless matches
_RATE_STRENGTH = 10.0  # strength of the prior belief in the numbers of pairs, in records
# Of the siblings that are compared, the share of which each is in one of the two lists only, before any data: with an ID to compare, and
# without, where all children of a household are compared with one another. Two counties had 0.09 and 0.16, and 0.014 and 0.020.
BOTH_ALONE = np.array([0.05, 0.02])
# Strength of that belief, in pairs of siblings. A short list has a handful, and a record of one child with errors in it looks like such a
# pair: two or three of those must not decide. Counties have thousands.
_ALONE_STRENGTH = 50.0
# What is counted on pairs of siblings, by field. A name that agrees is more often a second record of one child than a namesake in
# its household, so these levels keep their defaults.
_LEARNED_OF_SIBLINGS = {
    "name": tuple(level for level in COMPARED_FIELDS["name"] if level not in ("missing", "exact", "variant", "former")),
    "given": COMPARED_FIELDS["given"][1:],
    "surname": COMPARED_FIELDS["surname"][1:],
    "middle": COMPARED_FIELDS["middle"][1:],
    "id": ("same_birth_part", "different"),
    "birth": tuple(level for level in COMPARED_FIELDS["birth"] if level not in ("missing", "implied")),
    "sex": ("same", "different"),
}
_AS_FOR_ONE_PERSON = ("kin", "place", "hamlet", "address")  # tables in which siblings agree as one person does
# A contradiction is no usual slip: whatever the data, its probability for one person stays below this multiple of the default. A character
# may be a slip where a list is typed badly, and that siblings' names differ in one is weighed by their own class.
_MOST_OF_CONTRADICTIONS = {
    "name": {"one_character": 10.0, "different": 3.0},
    "given": {"different": 3.0},
    "id": {"different": 3.0, "same_birth_part": 3.0},
    "birth": {"different": 3.0},
}
_ITERATIONS, _CONVERGED = 30, 1e-4  # of EM: most rounds, and the change at which it stops
_ONE_DIGIT_MORE = 0.1  # of strangers whose IDs agree in fourteen digits, the share that agrees in the fifteenth too
_TWIN_DIGIT_MORE = 0.9  # the same of twins, who are registered one after the other
_FREQUENCY_BINS = 32  # of log2 frequencies of names, one bit each


@dataclass(frozen=True, slots=True)
class Patterns:
    """The distinct patterns of agreement; every field has one value per pattern.

    ``codes``: comparison level per field. ``within``: both records are of one source. ``group``: the group of pairs
    (``matching.weigh.groups_of``). ``frequency``: log2 of the name's share, rounded. ``count``: how many candidate pairs have the pattern.
    """

    codes: FieldLevels
    within: Flags
    group: Ints
    frequency: Reals
    count: Ints


def patterns(
    codes: FieldLevels, within: Flags, group: Ints, shares: dict[str, npt.NDArray[np.float32]], namesakes: float
) -> Patterns:
    """Count the candidate pairs by pattern of agreement. The arguments have one value per pair; ``shares`` as ``shares_of`` gives
    them; ``namesakes`` as in ``Model``."""
    log_share = sum(name_frequencies(codes, shares, namesakes).values())
    frequency = np.clip(-np.round(log_share), 0, _FREQUENCY_BINS - 1).astype(np.int64)
    key = group * _FREQUENCY_BINS + frequency
    for name, levels in COMPARED_FIELDS.items():
        key = key * len(levels) + codes[name]
    keys = np.sort(pd.unique(key))
    count = np.bincount(np.searchsorted(keys, key), minlength=len(keys))
    rest, pattern_codes = keys, {}
    for name, levels in reversed(COMPARED_FIELDS.items()):
        rest, code = np.divmod(rest, len(levels))
        pattern_codes[name] = code.astype(np.uint8)
    groups, bins = np.divmod(rest, _FREQUENCY_BINS)
    same_source = np.zeros(int(group.max(initial=0)) + 1, dtype=bool)
    same_source[group[within]] = True
    return Patterns(pattern_codes, same_source[groups], groups, -bins.astype(float), count)


def learn(
    pattern: Patterns,
    of_strangers: FieldLevels,
    of_siblings: FieldLevels,
    same_birthdays: dict[str, tuple[float, float]],
    damaged: float,
    starts: Reals,
    most: Reals,
    least: Reals,
    records: int,
) -> tuple[Model, Reals]:
    """Fit a model to the candidate pairs.

    ``of_strangers``, ``of_siblings``: comparison levels of random pairs, and of pairs that are siblings for certain.
    ``same_birthdays``: per table of birthdates how many pairs of strangers have one birthdate, of how many. ``damaged``: the
    share of IDs that are invalid or incomplete. ``starts``: expected numbers of pairs to begin with, shape (groups, 3): one
    person, siblings, strangers. ``most``: per group the most matches there can be. ``least``: the fewest matches and siblings,
    shape (groups, 2). ``records``: how many records there are, for the model's account of what it was learned from.
    Returns the model without ``pairs``, and the fitted numbers in the shape of ``starts``.
    """
    tables = {name: default_table(name) for name in LEVEL_TABLES}
    _count_strangers(tables, of_strangers)
    _count_siblings(tables, of_siblings)
    _damaged_ids(tables, damaged)
    for name, (same, pairs) in same_birthdays.items():
        exact, strength = RECORD_LEVEL["birth"]["exact"], _STRENGTH[STRANGER]
        tables[name][exact, STRANGER] = (same + tables[name][exact, STRANGER] * strength) / (pairs + strength)
    numbers = starts.copy()
    default_shares = np.array(Model().careless)
    careless, id_group = default_shares, pattern.group % len(default_shares)
    applies = pairs_of_tables(pattern.codes, pattern.within)
    for _ in range(_ITERATIONS):
        before = {name: table.copy() for name, table in tables.items()}
        expected = _expectation(pattern, tables, numbers, careless, applies) * pattern.count[:, None]
        careless_matches, matches = (
            np.bincount(id_group, expected[:, classes].sum(axis=1), len(default_shares))
            for classes in ([CARELESS], [SAME, CARELESS])
        )
        careless = (careless_matches + default_shares * _CARELESS_STRENGTH) / (matches + _CARELESS_STRENGTH)
        counted = np.zeros_like(numbers)
        np.add.at(counted[:, 0], pattern.group, expected[:, : CARELESS + 1].sum(axis=1))
        np.add.at(counted[:, 1], pattern.group, expected[:, SIBLING])
        for column in (0, 1):
            share = (counted[:, column] + _RATE_STRENGTH * starts[:, column] / most) / (most + _RATE_STRENGTH)
            numbers[:, column] = np.maximum(np.minimum(share, 1.0) * most if column == 0 else share * most, least[:, column])
        numbers[:, 1] = np.maximum(_alone_and_not(numbers[:, 1], counted[:, 1]), least[:, 1])
        share_careless = float(careless_matches.sum() / max(matches.sum(), 1e-9))
        for name in LEVEL_TABLES:
            _maximisation(tables, name, pattern, expected, applies[name], share_careless)
        if max(float(np.abs(tables[name] - before[name])[:, [SAME, CARELESS]].max()) for name in LEVEL_TABLES) < _CONVERGED:
            break
    pairs_learned_from = int(pattern.count.sum())
    return Model(tables, tuple(careless.tolist()), learned_from={"records": records, "pairs": pairs_learned_from}), numbers


def _alone_and_not(siblings: Reals, counted: Reals) -> Reals:
    """The expected numbers of pairs of ``siblings``, those of each two sources shared anew between pairs with a rival and unrivalled ones,
    which are siblings each in one source only: as ``counted``, with a prior belief. One value per group of ``GROUPS_OF_PAIRS``, which take
    turns."""
    both, of_pairs = (numbers.reshape(-1, 2, 2) for numbers in (siblings, counted))
    prior = _ALONE_STRENGTH * np.stack([1 - BOTH_ALONE, BOTH_ALONE])
    share = (of_pairs + prior) / (of_pairs.sum(axis=1, keepdims=True) + _ALONE_STRENGTH)
    return np.asarray(share * both.sum(axis=1, keepdims=True)).reshape(-1)


def _expectation(
    pattern: Patterns, tables: dict[str, Reals], numbers: Reals, careless: Reals, applies: dict[str, Flags]
) -> Reals:
    """P(class | pattern), shape (patterns, 4). ``applies``: per table the patterns it applies to."""
    total = class_numbers(numbers, careless)[pattern.group]
    for name, field in LEVEL_TABLES.items():
        rows = applies[name]
        total[rows] += np.log2(tables[name])[pattern.codes[field][rows]]
    total[:, STRANGER] += pattern.frequency
    total -= total.max(axis=1, keepdims=True)
    likely = np.exp2(total)
    return np.asarray(likely / likely.sum(axis=1, keepdims=True))


def class_numbers(numbers: Reals, careless: Reals) -> Reals:
    """log2 of the expected numbers of pairs per class, shape (groups, 4), from ``numbers`` of shape (groups, 3): persons, siblings,
    strangers. ``careless``: the share of careless matches per group of ``GROUPS_OF_PAIRS``, which take
    turns."""
    share = np.tile(careless, len(numbers) // len(careless))
    one = np.ones(len(numbers))
    return np.asarray(np.log2(numbers[:, [0, 0, 1, 2]] * np.stack([1 - share, share, one, one], axis=1)))


def _count_strangers(tables: dict[str, Reals], of_strangers: FieldLevels) -> None:
    """Set the probabilities for strangers from random pairs. Two tables and some levels keep their defaults: the ID, because
    strangers have one ID by error, not by chance, and the few true pairs in any sample would outweigh those; birthdates beside
    a given ID; and the name's levels with a term frequency."""
    for name, field in LEVEL_TABLES.items():
        if field == "id" or name.startswith("birth_given"):
            continue
        fixed = [0, *(RECORD_LEVEL[field][level] for level in SHARE_OF.get(field, ()))]
        if field == "birth":
            fixed.append(RECORD_LEVEL["birth"]["implied"])
        free = np.setdiff1d(np.arange(len(COMPARED_FIELDS[field])), fixed)
        count = np.bincount(_weighed(of_strangers, field), minlength=len(COMPARED_FIELDS[field])).astype(float)
        prior = default_table(name)[:, STRANGER]
        for group in _level_groups(field):
            known, rows = count[group].sum(), np.intersect1d(group, free)
            tables[name][rows, STRANGER] = (count[rows] + prior[rows] * _STRENGTH[STRANGER]) / (known + _STRENGTH[STRANGER])


def _count_siblings(tables: dict[str, Reals], of_siblings: FieldLevels) -> None:
    """Set the probabilities for siblings from pairs that are siblings for certain: how alike their names are, how often they are
    twins. Their IDs were typed right, so of the ID only the levels of right ones are counted."""
    for name, field in LEVEL_TABLES.items():
        if field not in _LEARNED_OF_SIBLINGS or name in ("birth_given_id", "birth_given_like_id"):
            continue
        levels = [RECORD_LEVEL[field][level] for level in _LEARNED_OF_SIBLINGS[field]]
        count = np.bincount(_weighed(of_siblings, field), minlength=len(COMPARED_FIELDS[field])).astype(float)[levels]
        prior = default_table(name)[levels, SIBLING]
        total = prior.sum()
        tables[name][levels, SIBLING] = total * (count + prior / total * _STRENGTH[SIBLING]) / (count.sum() + _STRENGTH[SIBLING])


def _weighed(codes: FieldLevels, field: str) -> Codes:
    """The levels of the field without those of whole names that are weighed part by part."""
    return codes[field][~in_parts(codes)] if field == "name" else codes[field]


def _borrowed_ids(tables: dict[str, Reals], careless: float) -> None:
    """Set how often a child was typed with the ID of a certain sibling. Where both children are in both lists, the data show it as a
    pair of one person with a sibling's ID; where one is missing, it looks like a sibling with the same ID."""
    of_sibling, exact = (RECORD_LEVEL["id"][level] for level in ("of_sibling", "exact"))
    share = float(tables["id"][of_sibling, : CARELESS + 1] @ [1 - careless, careless])
    tables["id"][[of_sibling, exact], SIBLING] = max(share, default_table("id")[exact, SIBLING])


def _damaged_ids(tables: dict[str, Reals], damaged: float) -> None:
    """Raise the probability that the IDs of strangers or twins agree in what is left of a damaged one. Where the IDs of a whole school
    were cut, strangers born on one day in one division agree as often as IDs are damaged: too rarely for a sample to show,
    too often for the default."""
    either_damaged = 1 - (1 - damaged) ** 2
    for name, field in LEVEL_TABLES.items():
        if field == "id":
            for kind, one_digit_more in ((STRANGER, _ONE_DIGIT_MORE), (SIBLING, _TWIN_DIGIT_MORE)):
                same_birth_part = tables[name][RECORD_LEVEL["id"]["same_birth_part"], kind]
                for level, share in (("sequence_damaged", 1.0), ("lost_digits", one_digit_more)):
                    row = tables[name][RECORD_LEVEL["id"][level]]
                    row[kind] = max(row[kind], same_birth_part * share * either_damaged)


def _level_groups(field: str) -> list[Ints]:
    """Groups of level codes. The probabilities of a group sum to one: its levels exclude one another, and apply to pairs that have
    the same parts of the field to compare."""
    no_evidence = {"missing", "implied"}
    groups = LEVEL_GROUPS.get(field, (tuple(level for level in COMPARED_FIELDS[field] if level not in no_evidence),))
    return [np.array([RECORD_LEVEL[field][level] for level in group]) for group in groups]


def _maximisation(tables: dict[str, Reals], name: str, pattern: Patterns, expected: Reals, rows: Flags, careless: float) -> None:
    """Update one table from the expected numbers of pairs per pattern and class; ``rows``: the patterns it applies to,
    ``careless``: the share of careless matches among all."""
    field = LEVEL_TABLES[name]
    default = default_table(name)
    codes = pattern.codes[field][rows]
    for kind in (SAME, CARELESS):
        count = np.bincount(codes, weights=expected[rows, kind], minlength=len(default))
        for group in _level_groups(field):
            learned = (count[group] + default[group, kind] * _STRENGTH[kind]) / (count[group].sum() + _STRENGTH[kind])
            tables[name][group, kind] = np.maximum(learned, 1e-9)
        for level, most in _MOST_OF_CONTRADICTIONS.get(field, {}).items():
            code = RECORD_LEVEL[field][level]
            tables[name][code, kind] = min(tables[name][code, kind], most * default[code, kind])
    if name == "id":
        _borrowed_ids(tables, careless)
    if name in _AS_FOR_ONE_PERSON:
        tables[name][:, SIBLING] = tables[name][:, : CARELESS + 1] @ [1 - careless, careless]
