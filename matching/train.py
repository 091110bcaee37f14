"""Fitting the model to the data at hand: EM over the patterns of agreement, with the defaults as prior belief.

What strangers' agreement looks like is counted on random pairs, not among candidates, which were chosen for agreeing.
What siblings' names, IDs and birthdates look like stays as the defaults have it: no register says who is a sibling, and
data in which a repeat looks like a sibling must not teach that siblings bear one name. Where siblings live, and with whom,
agrees as well and as badly as for one person typed twice.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.arrays import FieldLevels, Reals
from matching.levels.record_levels import COMPARED_FIELDS, GROUPS, RECORD_LEVEL
from matching.model import CARELESS, LEVEL_TABLES, SAME, SHARE_OF, SIBLING, STRANGER, Model, default_table, name_frequency, select

_STRENGTH = {SAME: 200.0, CARELESS: 500.0, STRANGER: 2000.0}  # pairs' worth of belief in the defaults
_CARELESS_STRENGTH = 200.0
_RATE_STRENGTH = 10.0  # records' worth of belief in the numbers to begin with
_SIBLINGS_SHARE = ("kin", "place", "address")
# A contradiction is no usual slip: data may not teach that it happens to one person more than so many times the default.
_CONTRADICTIONS = {"name": ("one_character", "different"), "id": ("different", "same_birth_part"), "birth": ("different",)}
_MOST_CONTRADICTION = 3.0
_ITERATIONS, _ENOUGH = 30, 1e-4
_ONE_DIGIT_MORE = 0.1  # the share of strangers that agree in the fifteenth digit as well
_FREQUENCY_BINS = 32


@dataclass(frozen=True, slots=True)
class Patterns:
    """Candidate pairs by pattern: ``codes`` per field, ``group`` of pairs, ``within``, ``adjust`` (log2, classes) and
    ``frequency`` (log2 of the name's share) per pattern, and how many pairs have it."""

    codes: FieldLevels
    within: npt.NDArray[np.bool_]
    group: npt.NDArray[np.int64]
    frequency: Reals
    adjust: Reals
    count: npt.NDArray[np.int64]


def patterns(
    codes: FieldLevels, within: npt.NDArray[np.bool_], group: npt.NDArray[np.int64], shares: dict, adjust: Reals
) -> Patterns:
    """Group pairs that agree alike. ``adjust``: log2 factor on the sibling alternative, one of few values."""
    frequency = np.clip(-np.round(name_frequency(codes["name"], shares)), 0, _FREQUENCY_BINS - 1).astype(np.int64)
    adjustments, adjustment = np.unique(np.round(adjust, 3), return_inverse=True)
    key = group * len(adjustments) + adjustment
    key = key * _FREQUENCY_BINS + frequency
    for name, levels in COMPARED_FIELDS.items():
        key = key * len(levels) + codes[name]
    keys = np.sort(pd.unique(key))
    count = np.bincount(np.searchsorted(keys, key), minlength=len(keys))
    rest, found = keys, {}
    for name, levels in reversed(COMPARED_FIELDS.items()):
        rest, code = np.divmod(rest, len(levels))
        found[name] = code.astype(np.uint8)
    rest, bins = np.divmod(rest, _FREQUENCY_BINS)
    groups, adjustment = np.divmod(rest, len(adjustments))
    same_source = np.zeros(int(group.max(initial=0)) + 1, dtype=bool)
    same_source[group[within]] = True
    return Patterns(found, same_source[groups], groups, -bins.astype(float), adjustments[adjustment], count)


def learn(
    seen: Patterns,
    random: FieldLevels,
    same_birthdays: dict[str, tuple[float, float]],
    damaged: float,
    starts: Reals,
    smaller: Reals,
    least: Reals,
    records: int,
) -> tuple[Model, Reals]:
    """Fit a model. ``random``: codes of random pairs; ``same_birthdays``: per table of birthdates how many pairs of
    strangers are born on one day, of how many. ``damaged``: the share of IDs that are invalid or cut. ``starts``:
    (groups, 3) expected numbers of pairs that are one person, siblings, strangers, to begin with; ``smaller``: per group the
    most matches there can be, ``least`` (groups, 2) the fewest matches and siblings. Returns the model and those numbers as
    fitted."""
    tables = {name: default_table(name) for name in LEVEL_TABLES}
    _count_strangers(tables, random)
    _damaged_numbers_of_strangers(tables, damaged)
    for name, (same, of) in same_birthdays.items():
        exact, belief = RECORD_LEVEL["birth"]["exact"], _STRENGTH[STRANGER]
        tables[name][exact, STRANGER] = (same + tables[name][exact, STRANGER] * belief) / (of + belief)
    numbers = starts.copy()
    start = np.array(Model().careless)
    careless, kind_of_pairs = start, seen.group % len(start)
    chosen = select(seen.codes, seen.within)
    for _ in range(_ITERATIONS):
        before = {name: table.copy() for name, table in tables.items()}
        weights = _expect(seen, tables, numbers, careless, chosen) * seen.count[:, None]
        badly, matches = (
            np.bincount(kind_of_pairs, weights[:, kinds].sum(axis=1), len(start)) for kinds in ([CARELESS], [SAME, CARELESS])
        )
        careless = (badly + start * _CARELESS_STRENGTH) / (matches + _CARELESS_STRENGTH)
        found = np.zeros_like(numbers)
        np.add.at(found[:, 0], seen.group, weights[:, : CARELESS + 1].sum(axis=1))
        np.add.at(found[:, 1], seen.group, weights[:, SIBLING])
        for column in (0, 1):
            share = (found[:, column] + _RATE_STRENGTH * starts[:, column] / smaller) / (smaller + _RATE_STRENGTH)
            numbers[:, column] = np.maximum(
                np.minimum(share, 1.0) * smaller if column == 0 else share * smaller, least[:, column]
            )
        for name in LEVEL_TABLES:
            _maximise(tables, name, seen, weights, chosen[name], float(badly.sum() / max(matches.sum(), 1e-9)))
        if max(float(np.abs(tables[name] - before[name])[:, [SAME, CARELESS]].max()) for name in LEVEL_TABLES) < _ENOUGH:
            break
    pairs = int(seen.count.sum())
    return Model(tables, tuple(careless.tolist()), {}, {"records": records, "pairs": pairs}), numbers


def _expect(seen: Patterns, tables: dict[str, Reals], numbers: Reals, careless: Reals, chosen: dict) -> Reals:
    """P(class | pattern), shape (patterns, 4)."""
    total = class_numbers(numbers, careless)[seen.group]
    for name, field in LEVEL_TABLES.items():
        rows = chosen[name]
        total[rows] += np.log2(tables[name])[seen.codes[field][rows]]
    total[:, STRANGER] += seen.frequency
    total[:, SIBLING] += seen.adjust
    total -= total.max(axis=1, keepdims=True)
    likely = np.exp2(total)
    return np.asarray(likely / likely.sum(axis=1, keepdims=True))


def class_numbers(numbers: Reals, careless: Reals) -> Reals:
    """log2 of the expected numbers of pairs per class, shape (groups, 4), from (groups, 3): persons, siblings, strangers;
    ``careless``: the share of badly typed ones, for groups with an ID to compare and without in turn."""
    share = np.tile(careless, len(numbers) // len(careless))
    one = np.ones(len(numbers))
    return np.asarray(np.log2(numbers[:, [0, 0, 1, 2]] * np.stack([1 - share, share, one, one], axis=1)))


def _count_strangers(tables: dict[str, Reals], random: FieldLevels) -> None:
    """Strangers' levels from random pairs. The ID stays: among strangers a common one is an error, not chance, and in
    any sample the few true pairs would swamp it. Levels with a term frequency stay as well."""
    for name, field in LEVEL_TABLES.items():
        if field == "id" or name.startswith("birth_given"):
            continue
        held = [0, *(RECORD_LEVEL["name"][level] for level in SHARE_OF)] if field == "name" else [0]
        if field == "birth":
            held.append(RECORD_LEVEL["birth"]["implied"])
        free = np.setdiff1d(np.arange(len(COMPARED_FIELDS[field])), held)
        count = np.bincount(random[field], minlength=len(COMPARED_FIELDS[field])).astype(float)
        prior = default_table(name)[:, STRANGER]
        for group in _groups(field):
            known, rows = count[group].sum(), np.intersect1d(group, free)
            tables[name][rows, STRANGER] = (count[rows] + prior[rows] * _STRENGTH[STRANGER]) / (known + _STRENGTH[STRANGER])


def _damaged_numbers_of_strangers(tables: dict[str, Reals], damaged: float) -> None:
    """Where a whole school's IDs were cut, strangers born the same day in one division meet by them as often as these are
    damaged: too rarely for any sample, too often for the default."""
    one_of_two = 1 - (1 - damaged) ** 2
    for name, field in LEVEL_TABLES.items():
        if field == "id":
            born_there = tables[name][RECORD_LEVEL["id"]["same_birth_part"], STRANGER]
            for level, share in (("sequence_damaged", 1.0), ("lost_digits", _ONE_DIGIT_MORE)):
                row = tables[name][RECORD_LEVEL["id"][level]]
                row[STRANGER] = max(row[STRANGER], born_there * share * one_of_two)


def _groups(field: str) -> list[npt.NDArray[np.int64]]:
    """Level codes that exclude one another, of pairs in which the same was there to be compared."""
    silent = {"missing", "implied"}
    groups = GROUPS.get(field, (tuple(level for level in COMPARED_FIELDS[field] if level not in silent),))
    return [np.array([RECORD_LEVEL[field][level] for level in group]) for group in groups]


def _maximise(
    tables: dict[str, Reals], name: str, seen: Patterns, weights: Reals, rows: npt.NDArray[np.bool_], careless: float
) -> None:
    field = LEVEL_TABLES[name]
    default = default_table(name)
    codes = seen.codes[field][rows]
    for kind in (SAME, CARELESS):
        count = np.bincount(codes, weights=weights[rows, kind], minlength=len(default))
        for group in _groups(field):
            learned = (count[group] + default[group, kind] * _STRENGTH[kind]) / (count[group].sum() + _STRENGTH[kind])
            tables[name][group, kind] = np.maximum(learned, 1e-9)
        for level in _CONTRADICTIONS.get(field, ()):
            code = RECORD_LEVEL[field][level]
            tables[name][code, kind] = min(tables[name][code, kind], _MOST_CONTRADICTION * default[code, kind])
    if name in _SIBLINGS_SHARE:
        tables[name][:, SIBLING] = tables[name][:, : CARELESS + 1] @ [1 - careless, careless]
