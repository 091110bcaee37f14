"""From links to groups: rows that are one person stand together, and beside them those that may be.

A group has at most one person who is confirmed (rows of decision ``match``). A row that is only possibly that person joins as ``possible``; rows
that are possibly one person, and confirmed with nobody, make a group of their own. Each row is in one group at most, so that no two confirmed
persons ever come under one number: where a possible link leads to another group, the row names that group (``also``).
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching import Linkage
from matching.text_columns import places_among

_Positions = npt.NDArray[np.int64]
# Rows that nobody confirmed, in a group to which others are joined: of a hundred namesakes each may be the next one, and the first is still
# not the last. A link between larger groups is told of in ``also``.
MOST_POSSIBLE = 30


@dataclass(slots=True)
class Groups:
    """Groups of rows, by their positions in all lists together.

    ``rows``: a row per row of a group, the groups one after another, in each the rows in their order: group (0, 1, …), at (its position),
    linked (the position of the row of the group that it is surest to be one person with), probability, decision, evidence and evidence_text of
    that pair, also (a tuple: other groups that the row may belong to).
    """

    rows: pd.DataFrame
    count: int = field(init=False)

    def __post_init__(self) -> None:
        self.count = int(self.rows["group"].max()) + 1 if len(self.rows) else 0

    def confirmed(self) -> npt.NDArray[np.bool_]:
        """Per group: is every row of it a match?"""
        sure = np.ones(self.count, dtype=bool)
        sure[self.rows["group"].to_numpy()[(self.rows["decision"] != "match").to_numpy()]] = False
        return sure


def found_groups(linkage: Linkage, record_ids: pd.Series) -> Groups:
    """The groups that ``linkage`` found among the rows ``record_ids``, numbered by their first rows."""
    size = len(record_ids)
    ends = pd.concat([linkage.links["record_id_l"], linkage.links["record_id_r"]], ignore_index=True)
    first, second = places_among(ends, record_ids).reshape(2, -1).astype(np.int64)
    links = linkage.links.assign(left=np.minimum(first, second), right=np.maximum(first, second))
    links = links.sort_values(["probability", "weight", "left", "right"], ascending=[False, False, True, True], ignore_index=True)
    group, core = _confirmed_groups(linkage, record_ids)
    _join_possible(group, core, links[links["decision"] == "possible"])
    numbered = _by_first_rows(group)
    surest = _surest_links(links, numbered, core)
    at = surest.index.to_numpy()
    rows = surest.assign(
        at=at, group=numbered[at], decision=np.where(core[at], "match", "possible"), also=_elsewhere(links, numbered, size)[at]
    )
    return Groups(rows.sort_values(["group", "at"], ignore_index=True))


def _confirmed_groups(linkage: Linkage, record_ids: pd.Series) -> tuple[_Positions, npt.NDArray[np.bool_]]:
    """(per row its cluster where others are in it too, else -1; per row whether it is so)."""
    cluster = np.full(len(record_ids), -1, dtype=np.int64)
    at = places_among(linkage.clusters["record_id"], record_ids)
    cluster[at] = linkage.clusters["cluster"].to_numpy()
    core = np.bincount(cluster)[cluster] > 1
    return np.where(core, cluster, -1), core


def _join_possible(group: _Positions, core: npt.NDArray[np.bool_], possible: pd.DataFrame) -> None:
    """Put rows without a group to those they may belong to, the surest first (``possible`` is so sorted); changes ``group``."""
    members: dict[int, list[int]] = {}  # of groups that grow; a confirmed one counts its possible rows only
    with_core = set(group[core].tolist())
    fresh = int(group.max(initial=-1)) + 1
    for left, right in zip(possible["left"].tolist(), possible["right"].tolist(), strict=True):
        for at in (left, right):
            if group[at] < 0:
                group[at], members[fresh] = fresh, [at]
                fresh += 1
        kept, joining = int(group[left]), int(group[right])
        if kept == joining or (kept in with_core and joining in with_core):
            continue
        if joining in with_core:
            kept, joining = joining, kept
        both_grown = len(members[joining]) > 1 and (kept in with_core or len(members[kept]) > 1)
        if both_grown and len(members.get(kept, ())) + len(members[joining]) > MOST_POSSIBLE:
            continue  # a single row joins whatever the size: each row of a link is in a group
        group[members[joining]] = kept
        members.setdefault(kept, []).extend(members.pop(joining))


def _by_first_rows(group: _Positions) -> _Positions:
    """The groups of two rows and more, numbered from 0 in the order of their first rows; -1 elsewhere."""
    several = (group >= 0) & (np.bincount(group[group >= 0], minlength=1)[group] > 1)
    numbered = np.full(len(group), -1, dtype=np.int64)
    numbered[several] = pd.factorize(group[several])[0]
    return numbered


def _surest_links(links: pd.DataFrame, group: _Positions, core: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Per row of a group, at its position: linked, probability, evidence and evidence_text of its surest link inside the group. A confirmed
    row's is to another confirmed one."""
    left, right = links["left"].to_numpy(), links["right"].to_numpy()
    inside = (group[left] >= 0) & (group[left] == group[right])
    shown = links.loc[inside, ["probability", "evidence", "evidence_text"]]
    match = (links["decision"] == "match").to_numpy()[inside]
    ends = [shown.assign(at=at[inside], linked=to[inside]) for at, to in ((left, right), (right, left))]
    both = pd.concat([end[match | ~core[end["at"].to_numpy()]] for end in ends]).sort_index(kind="stable")
    return both.drop_duplicates("at").set_index("at").rename_axis(None)


def _elsewhere(links: pd.DataFrame, group: _Positions, size: int) -> npt.NDArray[np.object_]:
    """Per row the other groups that it may belong to, as a tuple."""
    left, right = links["left"].to_numpy(), links["right"].to_numpy()
    between = group[left] != group[right]
    also: dict[int, set[int]] = {}
    for at, to in ((left[between], right[between]), (right[between], left[between])):
        for row, other in zip(at.tolist(), group[to].tolist(), strict=True):
            also.setdefault(row, set()).add(other)
    out = np.empty(size, dtype=object)
    out[:] = [tuple(sorted(also.get(at, ()))) for at in range(size)]
    return out
