"""Records that must not join two persons: those of a source that only tells of persons whom other sources have.

A number mistyped in such a record would make its child and a stranger one person. Where the other records of a cluster are one person by
such records alone, the cluster falls into the persons that it has without them, and a record that fits several of these is left to somebody who
looks.
"""

from dataclasses import replace

import numpy as np

from matching.arrays import Flags, Ints
from matching.decide import POSSIBLE, connected, link_threshold
from matching.linkage_steps import Decisions


def without_bridges(decided: Decisions, told: Flags, cost_ratio: float) -> Decisions:
    """``decided`` with no cluster that is one by ``told`` records alone (per record: is it of a source that only tells of persons?).

    The other records of a cluster that falls apart are clusters by their own links. A ``told`` record stays with the one person that it is linked
    to; one that is linked to several is a person by itself, with such others as it is linked to, and its links are possible.
    """
    left, right, size = decided.left, decided.right, len(decided.cluster)
    sure = decided.match & (decided.bar == 0) & (decided.probability >= link_threshold(cost_ratio))
    own = sure & ~told[left] & ~told[right]
    part = connected(size, left[own], right[own])
    others = np.flatnonzero(~told)
    # Only where a told record is in the cluster can it be that the parts are one by it.
    others = others[np.isin(decided.cluster[others], decided.cluster[told])]
    cluster_of_part = np.unique(np.column_stack([decided.cluster[others], part[others]]), axis=0)[:, 0]
    fallen, parts = np.unique(cluster_of_part, return_counts=True)
    anew = np.isin(decided.cluster, fallen[parts > 1])
    if not anew.any():
        return decided
    inside = sure & anew[left]
    label = _labels(part, np.flatnonzero(anew & told), left[inside], right[inside], told)
    cluster = decided.cluster.copy()
    cluster[anew] = int(decided.cluster.max()) + 1 + np.unique(label[anew], return_inverse=True)[1]
    match = cluster[left] == cluster[right]
    cut = decided.match & ~match & (decided.probability >= POSSIBLE)
    return replace(decided, cluster=cluster, match=match, possible=(decided.possible & ~match) | cut)


def _labels(part: Ints, told: Ints, left: Ints, right: Ints, is_told: Flags) -> Ints:
    """``part`` with the part that each of the records ``told`` goes to: that of its only neighbours by the links (``left``, ``right``), first of
    those that are not told; what fits several, or is linked to such alone, has parts of its own."""
    neighbours: dict[int, set[int]] = {int(record): set() for record in told}
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        for record, other in ((a, b), (b, a)):
            if record in neighbours:
                neighbours[record].add(other)
    placed: dict[int, int] = {}
    known = {record: {int(part[o]) for o in others if not is_told[o]} for record, others in neighbours.items()}
    open_, bridges = dict(known), set()
    while reached := {record: parts for record, parts in open_.items() if parts}:
        placed |= {record: next(iter(parts)) for record, parts in reached.items() if len(parts) == 1}
        bridges |= {record for record, parts in reached.items() if len(parts) > 1}
        open_ = {r: {placed[o] for o in neighbours[r] if o in placed} for r in open_ if r not in reached}
    label = part.copy()
    label[list(placed)] = list(placed.values())
    alone = bridges | open_.keys()
    pairs = [(a, b) for a, b in zip(left.tolist(), right.tolist(), strict=True) if a in alone and b in alone]
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    groups = connected(len(part), ends[:, 0], ends[:, 1])
    for record in alone:
        label[record] = len(part) + groups[record]
    return label
