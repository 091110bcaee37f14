"""Decisions: which of the weighed pairs are linked, which are left to a person, and the clusters that follow.

Decisions are taken together, not pair by pair: first the duplicates within each source are joined into entities, then each
entity is linked to at most one entity of every other source. A pair is linked only if it is likely in competition with its
rivals, the other pairs of its two records: of two candidates of equal weight neither is linked. The threshold is not a
score but follows from what errors cost.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from matching import COST_RATIO
from matching.arrays import Flags, Ints, Reals

_GREATEST_ODDS = 2.0**40  # with greater ones, rivals would be lost to rounding in a sum
_ROUNDS, _CONVERGED = 30, 1e-6  # of belief propagation: most rounds, and the change at which it stops
_YEARS_APART = 2  # records of one person may be this far apart in the year of birth, by error
POSSIBLE = 0.2  # the least probability at which a person is asked: below it fewer than one pair in five is true


@dataclass(frozen=True, slots=True)
class PairDecision:
    """``cluster``: per record the number of its cluster. Per pair ``probability`` (in competition with its rivals), ``match`` (its
    records are in one cluster) and ``possible`` (a person must look)."""

    cluster: Ints
    probability: Reals
    match: Flags
    possible: Flags


def link_threshold(cost_ratio: float) -> float:
    """The least probability at which a link costs less than a visit, where a missed child costs as much as ``cost_ratio`` visits."""
    return cost_ratio / (cost_ratio + 1)


@dataclass(frozen=True, slots=True)
class Records:
    """What decisions need of each record: ``source``; ``number``, a code for its ID if that is valid, else -1; ``year`` of birth, -1
    where unknown."""

    source: Ints
    number: Ints
    year: Ints


def decide(
    records: Records,
    left: Ints,
    right: Ints,
    odds: Reals,
    barred: Flags,
    cost_ratio: float = COST_RATIO,
) -> PairDecision:
    """Decide on candidate pairs: ``left`` and ``right`` are positions in ``records``, ``odds`` the odds of one person.

    ``barred``: never to be linked; likely ones become possible.
    """
    source = records.source
    within = source[left] == source[right]
    probability_alone = odds / (1 + odds)
    needed = np.where(barred, np.inf, link_threshold(cost_ratio))
    duplicate = within & (probability_alone >= needed)
    duplicate[_with_surer_counterparts(source, left, right, odds, duplicate, within, barred)] = False
    each_record = np.arange(len(source), dtype=np.int64)
    entity = _joined(
        each_record,
        records,
        left[duplicate],
        right[duplicate],
        probability_alone[duplicate],
        odds[duplicate],
        one_of_each_source=False,
    )
    probability = probability_alone.copy()
    between = np.flatnonzero(~within)
    probability[between] = _in_competition(
        entity[left[between]], entity[right[between]], source[left[between]], source[right[between]], odds[between]
    )

    def link(pairs: Ints) -> Ints:
        return _joined(entity, records, left[pairs], right[pairs], probability[pairs], odds[pairs], one_of_each_source=True)

    linked = between[probability[between] >= needed[between]]
    cluster = link(linked)
    if len(rivals := _between_contradicting(cluster, records, left[linked], right[linked], odds[linked])):
        probability[linked] = np.minimum(probability[linked], rivals)
        cluster = link(linked[probability[linked] >= needed[linked]])
    same = cluster[left] == cluster[right]
    possible = (
        ~same
        & (probability >= POSSIBLE)
        & ~(~within & _taken(cluster, source, left, right) & _taken(cluster, source, right, left))
    )
    return PairDecision(cluster, probability, same, possible)


def _with_surer_counterparts(
    source: Ints, left: Ints, right: Ints, odds: Reals, duplicate: Flags, within: Flags, barred: Flags
) -> Ints:
    """Of the pairs that look like duplicates of one source, but not surely enough for the default, those whose two records each have a counterpart
    in another source, surer than that they are duplicates, while the two counterparts are none. To join them would cost a
    surer link."""
    unsure = np.flatnonzero(duplicate & (odds < COST_RATIO))
    if not len(unsure):
        return unsure
    person = connected(len(source), left[duplicate], right[duplicate])
    size = int(source.max()) + 1
    ends = np.concatenate([left[unsure], right[unsure]])
    pairs = np.flatnonzero(~within & ~barred & (np.isin(left, ends) | np.isin(right, ends)))
    record, other = np.concatenate([left[pairs], right[pairs]]), np.concatenate([right[pairs], left[pairs]])
    each = np.tile(odds[pairs], 2)
    seat = record * size + source[other]
    best = np.lexsort((other, -each, seat))
    best = best[np.unique(seat[best], return_index=True)[1]]
    surest = pd.DataFrame({"record": record[best], "in": source[other[best]], "person": person[other[best]], "odds": each[best]})
    asked = pd.DataFrame({"pair": unsure, "left": left[unsure], "right": right[unsure], "odds": odds[unsure]})
    both = asked.merge(surest, left_on="left", right_on="record", suffixes=("", "_l"))
    both = both.merge(surest, left_on=["right", "in"], right_on=["record", "in"], suffixes=("", "_r"))
    surer = (both["person"] != both["person_r"]) & (both["odds_l"] > both["odds"]) & (both["odds_r"] > both["odds"])
    return both.loc[surer, "pair"].unique()


def _between_contradicting(cluster: Ints, records: Records, left: Ints, right: Ints, odds: Reals) -> Reals:
    """Per pair that was to be linked the most that its probability can be, where a record without ID or birthdate fits records of several sources that
    contradict one another: it is one person's at most, and the surest link is no surer than its odds against the next. Returns an
    empty array where all pairs have been linked."""
    lost = cluster[left] != cluster[right]
    if not lost.any():
        return np.zeros(0)
    most = np.ones(len(left))
    cut = np.minimum(odds, _GREATEST_ODDS)
    pairs_of: dict[int, list[int]] = {}
    for i in np.flatnonzero(np.isin(left, np.r_[left[lost], right[lost]]) | np.isin(right, np.r_[left[lost], right[lost]])):
        for end in (int(left[i]), int(right[i])):
            pairs_of.setdefault(end, []).append(int(i))
    for i in np.flatnonzero(lost):
        for bridge, other in ((int(left[i]), int(right[i])), (int(right[i]), int(left[i]))):
            kept = [f for f in pairs_of[bridge] if not lost[f] and _contradict(records, other, int(left[f] + right[f] - bridge))]
            if kept and -1 in (records.number[bridge], records.year[bridge]):
                against = float(cut[i] / (cut[i] + cut[kept].max()))
                most[i] = min(most[i], against)
                most[kept] = np.minimum(most[kept], 1 - against)
    return most


def _contradict(records: Records, a: int, b: int) -> bool:
    """Have the two records two valid IDs, or birth years too far apart?"""
    numbers, years = (records.number[a], records.number[b]), (records.year[a], records.year[b])
    two_numbers = -1 not in numbers and numbers[0] != numbers[1]
    return bool(two_numbers or (-1 not in years and abs(int(years[0]) - int(years[1])) > _YEARS_APART))


def connected(size: int, left: Ints, right: Ints) -> Ints:
    """The connected component of each of ``size`` nodes; components are numbered from 0 in the order of their first nodes."""
    first = np.arange(size)  # per node the first node that it is known to be connected with
    while (apart := first[left] != first[right]).any():
        a, b = first[left[apart]], first[right[apart]]
        np.minimum.at(first, np.maximum(a, b), np.minimum(a, b))
        while ((nearer := first[first]) < first).any():
            first = nearer
    return (np.cumsum(first == np.arange(size)) - 1)[first]


def _in_competition(a: Ints, b: Ints, source_a: Ints, source_b: Ints, odds: Reals) -> Reals:
    """Per pair of entities the probability that a is b, given that a is at most one entity of b's source and b at most one of
    a's. These are the marginals of a random one-to-one matching in which each pair has its odds, by belief propagation; they
    are exact where the pairs form no circle. A message from an entity says how likely it is still free, leaving aside the
    pair that the message goes to.
    """
    if not len(a):
        return np.zeros(0)
    size = int(max(a.max(), b.max())) + 1
    keys = np.minimum(a, b) * size + np.maximum(a, b)
    distinct, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    weight = np.zeros(len(distinct))
    np.maximum.at(weight, inverse, np.minimum(odds, _GREATEST_ODDS))  # an entity's duplicates are one rival, at their best odds
    sources = int(max(source_a.max(), source_b.max())) + 1
    # An entity has one seat in each other source: room for one counterpart.
    seats, seat = np.unique(
        np.concatenate([a[first] * sources + source_b[first], b[first] * sources + source_a[first]]), return_inverse=True
    )
    seat_a, seat_b = seat[: len(first)], seat[len(first) :]
    free_a, free_b = np.ones(len(first)), np.ones(len(first))
    for _ in range(_ROUNDS):
        demand_a, demand_b = weight * free_b, weight * free_a
        demand = np.bincount(seat_a, demand_a, len(seats)) + np.bincount(seat_b, demand_b, len(seats))
        new_a = 1 / (1 + np.maximum(demand[seat_a] - demand_a, 0))
        new_b = 1 / (1 + np.maximum(demand[seat_b] - demand_b, 0))
        change = max(float(np.abs(new_a - free_a).max()), float(np.abs(new_b - free_b).max()))
        free_a, free_b = new_a, new_b
        if change < _CONVERGED:
            break
    odds_left = weight * free_a * free_b
    return np.asarray((odds_left / (1 + odds_left))[inverse])


def _joined(
    entity: Ints, records: Records, left: Ints, right: Ints, probability: Reals, odds: Reals, one_of_each_source: bool
) -> Ints:
    """Returns the cluster of each record after linking the pairs (``left``, ``right``) of entities. A connected component without
    conflict becomes a cluster as it is. In the others pairs are linked one by one, the surest first; a pair is left out that
    would join records that contradict one another or, with ``one_of_each_source``, two entities of one source."""
    cluster = connected(int(entity.max(initial=-1)) + 1, entity[left], entity[right])[entity]
    conflicted = _in_conflict(cluster, entity, records, one_of_each_source)
    if not len(conflicted):
        return cluster
    inside = np.flatnonzero(np.isin(cluster[left], conflicted))
    order = inside[np.lexsort((right[inside], left[inside], -odds[inside], -probability[inside]))]
    to_rebuild = np.flatnonzero(np.isin(cluster, conflicted))
    parts: dict[int, _Part] = {}
    for i in to_rebuild:
        parts.setdefault(int(entity[i]), _Part(int(entity[i]))).add(records, int(i))
    for i in order:
        a, b = parts[int(entity[left[i]])].root(), parts[int(entity[right[i]])].root()
        if a is b or (one_of_each_source and a.sources & b.sources):
            continue
        if not a.contradicts(b, records, int(left[i]), int(right[i])):
            a.absorb(b)
    out = cluster.copy()
    offset = int(cluster.max()) + 1
    out[to_rebuild] = [offset + parts[int(entity[i])].root().key for i in to_rebuild]
    return out


class _Part:
    """A part of a cluster while it is built: the sources, valid IDs and years of birth of its records."""

    def __init__(self, key: int) -> None:
        self.key = key
        self.absorbed_by: _Part | None = None
        self.sources: set[int] = set()
        self.numbers: set[int] = set()
        self.years: set[int] = set()

    def add(self, records: Records, row: int) -> None:
        self.sources.add(int(records.source[row]))
        self.numbers |= {int(records.number[row])} - {-1}
        self.years |= {int(records.year[row])} - {-1}

    def root(self) -> "_Part":
        part = self
        while part.absorbed_by is not None:
            part = part.absorbed_by
        return part

    def contradicts(self, other: "_Part", records: Records, left: int, right: int) -> bool:
        """Would the pair (``left``, ``right``) join two valid IDs, or birth years too far apart, by way of a record that has none?
        Records with two IDs may be in one cluster only where these two records themselves were found to be one person."""
        two_numbers = self.numbers and other.numbers and not self.numbers & other.numbers
        if two_numbers and -1 in (records.number[left], records.number[right]):
            return True
        apart = min((abs(a - b) for a in self.years for b in other.years), default=0)
        return apart > _YEARS_APART and -1 in (records.year[left], records.year[right])

    def absorb(self, other: "_Part") -> None:
        other.absorbed_by = self
        self.sources |= other.sources
        self.numbers |= other.numbers
        self.years |= other.years


def _in_conflict(cluster: Ints, entity: Ints, records: Records, one_of_each_source: bool) -> Ints:
    """The clusters with two valid IDs, with birth years too far apart or, with ``one_of_each_source``, with two entities of one
    source. Clusters of two records are left out: those two were found to be one person themselves."""
    large = np.flatnonzero(np.bincount(cluster)[cluster] > 2)
    cluster, entity = cluster[large], entity[large]
    records = Records(records.source[large], records.number[large], records.year[large])
    with_number = records.number >= 0
    sources = int(records.source.max(initial=0)) + 1
    seat = cluster * sources + records.source
    dated = records.year >= 0
    first, last = np.full(int(cluster.max(initial=0)) + 1, 9999), np.full(int(cluster.max(initial=0)) + 1, 0)
    np.minimum.at(first, cluster[dated], records.year[dated])
    np.maximum.at(last, cluster[dated], records.year[dated])
    conflicts = [
        _with_several(seat, entity) // sources if one_of_each_source else np.zeros(0, dtype=np.int64),
        _with_several(cluster[with_number], records.number[with_number]),
        np.flatnonzero(last - first > _YEARS_APART),
    ]
    return np.unique(np.concatenate(conflicts))


def _with_several(holder: Ints, value: Ints) -> Ints:
    """The holders (numbers from 0) that have more than one value."""
    size = int(holder.max(initial=-1)) + 1
    least, most = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)
    np.minimum.at(least, holder, value)
    np.maximum.at(most, holder, value)
    return np.flatnonzero(most > least)


def _taken(cluster: Ints, source: Ints, first: Ints, second: Ints) -> Flags:
    """Per pair: does ``first`` already have its counterpart in the source of ``second``?"""
    sources = int(source.max(initial=0)) + 1
    held = np.zeros((int(cluster.max(initial=-1)) + 1) * sources, dtype=bool)
    held[cluster * sources + source] = True
    return np.asarray(held[cluster[first] * sources + source[second]])
