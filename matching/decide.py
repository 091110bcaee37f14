"""From scored pairs to decisions, taken globally: groups within a source, then one-to-one between sources.

A pair is linked only if it is likely among its rivals, and theirs: two candidates of like weight leave both to a person.
Thresholds are not scores but follow from what an error costs.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matching.arrays import Ints, Reals

_SUREST = 2.0**40  # beyond this, sums of odds lose the rivals to rounding
_ROUNDS, _SETTLED = 30, 1e-6
_YEARS_APART = 2  # what a wrong year of birth may be off by
POSSIBLE = 0.2  # below, a look by a person finds one true pair in five at most


@dataclass(frozen=True, slots=True)
class PairDecision:
    """``cluster``: per record its cluster number; per pair ``probability`` (against rivals) and ``match``/``possible``."""

    cluster: Ints
    probability: Reals
    match: npt.NDArray[np.bool_]
    possible: npt.NDArray[np.bool_]


def link_threshold(cost_ratio: float) -> float:
    """The least probability at which linking is cheaper than a visit, a missed child costing ``cost_ratio`` visits."""
    return cost_ratio / (cost_ratio + 1)


@dataclass(frozen=True, slots=True)
class Records:
    """What deciding needs of each record: the number of its ``source``; its ``number``, where it has a valid ID (codes, -1
    where not); its ``year`` of birth (-1 where unknown)."""

    source: Ints
    number: Ints
    year: Ints


def decide(
    records: Records,
    left: Ints,
    right: Ints,
    odds: Reals,
    anchored: npt.NDArray[np.bool_],
    barred: npt.NDArray[np.bool_],
    cost_ratio: float = 100.0,
) -> PairDecision:
    """``left``/``right``/``odds``: per candidate pair. ``anchored``:
    the pair agrees in ID or birthdate; one that does not rests on name and household alone and must be ten times as sure,
    because namesakes in one village are likelier than their names' frequencies tell. ``barred``: not to be linked however
    likely, a person must look."""
    threshold, source = link_threshold(cost_ratio), records.source
    within = source[left] == source[right]
    alone = odds / (1 + odds)
    needed = np.where(barred, np.inf, np.where(anchored, threshold, link_threshold(10 * cost_ratio)))
    sure = within & (alone >= needed)
    alone_each = np.arange(len(source), dtype=np.int64)
    entity = _joined(alone_each, records, left[sure], right[sure], alone[sure], odds[sure], one_of_each_source=False)
    probability = alone.copy()
    between = np.flatnonzero(~within)
    probability[between] = _among_rivals(
        entity[left[between]], entity[right[between]], source[left[between]], source[right[between]], odds[between]
    )
    linked = between[probability[between] >= needed[between]]
    cluster = _joined(entity, records, left[linked], right[linked], probability[linked], odds[linked], one_of_each_source=True)
    same = cluster[left] == cluster[right]
    possible = (
        ~same
        & (probability >= POSSIBLE)
        & ~(~within & _taken(cluster, source, left, right) & _taken(cluster, source, right, left))
    )
    return PairDecision(cluster, probability, same, possible)


def _components(size: int, left: Ints, right: Ints) -> Ints:
    graph = coo_array((np.ones(len(left), dtype=bool), (left, right)), shape=(size, size))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _among_rivals(a: Ints, b: Ints, source_a: Ints, source_b: Ints, odds: Reals) -> Reals:
    """P(a is b), given that a is at most one entity of b's source and the other way round, all rivals' rivals weighed:
    the marginals of the random matching in which each pair has its odds, by belief propagation.

    Exact where the rivals form no circle. A message says how free an entity is, whatever the one it speaks to does.
    """
    if not len(a):
        return np.zeros(0)
    size = int(max(a.max(), b.max())) + 1
    distinct, inverse = np.unique(np.minimum(a, b) * size + np.maximum(a, b), return_inverse=True)
    weight = np.zeros(len(distinct))
    np.maximum.at(weight, inverse, np.minimum(odds, _SUREST))  # repeats of one person are one rival, with their best odds
    sources = int(max(source_a.max(), source_b.max())) + 1
    first = np.unique(inverse, return_index=True)[1]
    # One seat for an entity in each other source.
    seats, seat = np.unique(
        np.concatenate([a[first] * sources + source_b[first], b[first] * sources + source_a[first]]), return_inverse=True
    )
    seat_a, seat_b = seat[: len(first)], seat[len(first) :]
    free_a, free_b = np.ones(len(first)), np.ones(len(first))
    for _ in range(_ROUNDS):
        asked_a, asked_b = weight * free_b, weight * free_a
        asked = np.bincount(seat_a, asked_a, len(seats)) + np.bincount(seat_b, asked_b, len(seats))
        new_a = 1 / (1 + np.maximum(asked[seat_a] - asked_a, 0))
        new_b = 1 / (1 + np.maximum(asked[seat_b] - asked_b, 0))
        change = max(float(np.abs(new_a - free_a).max()), float(np.abs(new_b - free_b).max()))
        free_a, free_b = new_a, new_b
        if change < _SETTLED:
            break
    likely = weight * free_a * free_b
    return np.asarray((likely / (1 + likely))[inverse])


def _joined(
    entity: Ints, records: Records, left: Ints, right: Ints, probability: Reals, odds: Reals, one_of_each_source: bool
) -> Ints:
    """Cluster per record. Components without conflict stand; the others are built edge by edge, the surest first, and an
    edge is left out that would bring together records that contradict one another or, where ``one_of_each_source``, two
    entities of one source."""
    cluster = _components(int(entity.max(initial=-1)) + 1, entity[left], entity[right])[entity]
    conflicted = _in_conflict(cluster, entity, records, one_of_each_source)
    if not len(conflicted):
        return cluster
    inside = np.flatnonzero(np.isin(cluster[left], conflicted))
    order = inside[np.lexsort((right[inside], left[inside], -odds[inside], -probability[inside]))]
    loose = np.flatnonzero(np.isin(cluster, conflicted))
    parts: dict[int, _Part] = {}
    for i in loose:
        parts.setdefault(int(entity[i]), _Part(int(entity[i]))).add(records, int(i))
    for i in order:
        a, b = parts[int(entity[left[i]])].root(), parts[int(entity[right[i]])].root()
        if a is b or (one_of_each_source and a.sources & b.sources):
            continue
        if not a.contradicts(b, records, int(left[i]), int(right[i])):
            a.take(b)
    out = cluster.copy()
    offset = int(cluster.max()) + 1
    out[loose] = [offset + parts[int(entity[i])].root().key for i in loose]
    return out


class _Part:
    """A cluster in the making: the sources it has, the IDs and years of birth its records bear."""

    def __init__(self, key: int) -> None:
        self.key = key
        self.into: _Part | None = None
        self.sources: set[int] = set()
        self.numbers: set[int] = set()
        self.years: set[int] = set()

    def add(self, records: Records, row: int) -> None:
        self.sources.add(int(records.source[row]))
        self.numbers |= {int(records.number[row])} - {-1}
        self.years |= {int(records.year[row])} - {-1}

    def root(self) -> "_Part":
        part = self
        while part.into is not None:
            part = part.into
        return part

    def contradicts(self, other: "_Part", records: Records, left: int, right: int) -> bool:
        """Two valid IDs, or two births, may stand in one cluster only where the very records that bear them were found to
        be one person's, never by way of a third that bears none."""
        two_numbers = self.numbers and other.numbers and not self.numbers & other.numbers
        if two_numbers and -1 in (records.number[left], records.number[right]):
            return True
        apart = min((abs(a - b) for a in self.years for b in other.years), default=0)
        return apart > _YEARS_APART and -1 in (records.year[left], records.year[right])

    def take(self, other: "_Part") -> None:
        other.into = self
        self.sources |= other.sources
        self.numbers |= other.numbers
        self.years |= other.years


def _in_conflict(cluster: Ints, entity: Ints, records: Records, one_of_each_source: bool) -> Ints:
    """Clusters of three records and more with two valid IDs or births years apart and, where asked, two entities of one
    source. Two records in a cluster were found to be one person's themselves."""
    crowd = np.flatnonzero(np.bincount(cluster)[cluster] > 2)
    cluster, entity = cluster[crowd], entity[crowd]
    records = Records(records.source[crowd], records.number[crowd], records.year[crowd])
    bearers = records.number >= 0
    sources = int(records.source.max(initial=0)) + 1
    seat = cluster * sources + records.source
    dated = records.year >= 0
    first, last = np.full(int(cluster.max(initial=0)) + 1, 9999), np.full(int(cluster.max(initial=0)) + 1, 0)
    np.minimum.at(first, cluster[dated], records.year[dated])
    np.maximum.at(last, cluster[dated], records.year[dated])
    conflicts = [
        _with_several(seat, entity) // sources if one_of_each_source else np.zeros(0, dtype=np.int64),
        _with_several(cluster[bearers], records.number[bearers]),
        np.flatnonzero(last - first > _YEARS_APART),
    ]
    return np.unique(np.concatenate(conflicts))


def _with_several(holder: Ints, value: Ints) -> Ints:
    """Holders (numbers from 0) with more than one value."""
    size = int(holder.max(initial=-1)) + 1
    least, most = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)
    np.minimum.at(least, holder, value)
    np.maximum.at(most, holder, value)
    return np.flatnonzero(most > least)


def _taken(cluster: Ints, source: Ints, one: Ints, other: Ints) -> npt.NDArray[np.bool_]:
    """Pairs of which ``one`` already has its counterpart in the source of ``other``."""
    sources = int(source.max(initial=0)) + 1
    held = np.zeros((int(cluster.max(initial=-1)) + 1) * sources, dtype=bool)
    held[cluster * sources + source] = True
    return np.asarray(held[cluster[one] * sources + source[other]])
