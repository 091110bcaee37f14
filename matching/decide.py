"""From scored pairs to decisions, taken globally: groups within a source, then one-to-one between sources.

A pair is linked only if it is likely on its own *and* against its rivals: two candidates of like weight leave both to
a person. Thresholds are not scores but follow from what an error costs.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
POSSIBLE = 0.2  # below, a look by a person finds one true pair in five at most


@dataclass(frozen=True, slots=True)
class Decision:
    """``cluster``: per record its cluster number; per pair ``probability`` (against rivals) and ``match``/``possible``."""

    cluster: Ints
    probability: Reals
    match: npt.NDArray[np.bool_]
    possible: npt.NDArray[np.bool_]


def link_threshold(cost_ratio: float) -> float:
    """The least probability at which linking is cheaper than a visit, a missed child costing ``cost_ratio`` visits."""
    return cost_ratio / (cost_ratio + 1)


def decide(
    source: Ints, left: Ints, right: Ints, odds: Reals, anchored: npt.NDArray[np.bool_], cost_ratio: float = 100.0
) -> Decision:
    """``source``: per record the number of its source; ``left``/``right``/``odds``: per candidate pair. ``anchored``:
    the pair agrees in ID or birthdate; one that does not rests on name and household alone and must be ten times as sure,
    because namesakes in one village are likelier than their names' frequencies tell."""
    threshold = link_threshold(cost_ratio)
    within = source[left] == source[right]
    alone = odds / (1 + odds)
    needed = np.where(anchored, threshold, link_threshold(10 * cost_ratio))
    sure = within & (alone >= needed)
    entity = _components(len(source), left[sure], right[sure])
    probability = alone.copy()
    cluster = entity
    linked = np.zeros(0, dtype=np.int64)
    # Twice: a rival that has found its own counterpart in the first round is no rival in the second.
    for _ in range(2):
        free = np.flatnonzero(~within & ~_taken(cluster, source, left, right) & ~_taken(cluster, source, right, left))
        probability[free] = _against_rivals(
            entity[left[free]], entity[right[free]], source[left[free]], source[right[free]], odds[free]
        )
        linked = np.union1d(linked, free[probability[free] >= needed[free]])
        cluster = _one_to_one(entity, source, left[linked], right[linked], probability[linked], odds[linked])
    same = cluster[left] == cluster[right]
    possible = (
        ~same
        & (probability >= POSSIBLE)
        & ~(~within & _taken(cluster, source, left, right) & _taken(cluster, source, right, left))
    )
    return Decision(cluster, probability, same, possible)


def _components(size: int, left: Ints, right: Ints) -> Ints:
    graph = coo_array((np.ones(len(left), dtype=bool), (left, right)), shape=(size, size))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _against_rivals(a: Ints, b: Ints, source_a: Ints, source_b: Ints, odds: Reals) -> Reals:
    """P(a is b), given that a is at most one entity of b's source and the other way round: the lesser of the two."""
    size = int(max(a.max(initial=0), b.max(initial=0))) + 1
    pair = np.minimum(a, b) * size + np.maximum(a, b)
    distinct, first, inverse = np.unique(pair, return_index=True, return_inverse=True)
    best = np.zeros(len(distinct))
    np.maximum.at(best, inverse, odds)  # duplicates of one person are one rival, with their best pair's odds
    ea, eb, sa, sb = a[first], b[first], source_a[first], source_b[first]
    sources = int(max(sa.max(initial=0), sb.max(initial=0))) + 1
    total = np.zeros(size * sources)
    np.add.at(total, ea * sources + sb, best)
    np.add.at(total, eb * sources + sa, best)
    return np.minimum(_share(best, total[ea * sources + sb]), _share(best, total[eb * sources + sa]))[inverse]


def _share(odds: Reals, total: Reals) -> Reals:
    return odds / (1 + total)


def _one_to_one(entity: Ints, source: Ints, left: Ints, right: Ints, probability: Reals, odds: Reals) -> Ints:
    """Cluster per record. Components with at most one entity a source stand; the others are built edge by edge, the
    surest first, and an edge that would bring two entities of one source together is left out."""
    cluster = _components_of_entities(entity, left, right)
    conflicted = _components_with_conflict(cluster, entity, source)
    if not len(conflicted):
        return cluster
    inside = np.flatnonzero(np.isin(cluster[left], conflicted))
    order = inside[np.lexsort((right[inside], left[inside], -odds[inside], -probability[inside]))]
    parent: dict[int, int] = {}
    members: dict[int, dict[int, int]] = {}

    def root(node: int) -> int:
        while (up := parent.setdefault(node, node)) != node:
            node = up
        return node

    for i in order:
        a, b = root(int(entity[left[i]])), root(int(entity[right[i]]))
        if a == b:
            continue
        of_a = members.setdefault(a, {int(source[left[i]]): a})
        of_b = members.setdefault(b, {int(source[right[i]]): b})
        if of_a.keys() & of_b.keys():
            continue
        parent[b] = a
        of_a.update(of_b)
    out = cluster.copy()
    loose = np.flatnonzero(np.isin(cluster, conflicted))
    offset = int(cluster.max()) + 1
    out[loose] = [offset + root(int(entity[i])) for i in loose]
    return out


def _components_of_entities(entity: Ints, left: Ints, right: Ints) -> Ints:
    size = int(entity.max(initial=-1)) + 1
    return _components(size, entity[left], entity[right])[entity]


def _components_with_conflict(cluster: Ints, entity: Ints, source: Ints) -> Ints:
    held = np.unique(np.stack([cluster, source, entity]), axis=1)
    same = (held[0, 1:] == held[0, :-1]) & (held[1, 1:] == held[1, :-1])
    return np.unique(held[0, 1:][same])


def _taken(cluster: Ints, source: Ints, one: Ints, other: Ints) -> npt.NDArray[np.bool_]:
    """Pairs of which ``one`` already has its counterpart in the source of ``other``."""
    sources = int(source.max(initial=0)) + 1
    held = np.unique(cluster * sources + source)
    return np.isin(cluster[one] * sources + source[other], held)
