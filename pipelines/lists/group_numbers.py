"""The numbers of groups: new ones, and those that stay from an earlier outcome.

A number follows the rows that were confirmed as one person; rows that only may belong to it carry it where there are no others. A number that
is no longer used is never given to another group.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.lists.aligned import Aligned
from pipelines.lists.earlier_groups import EarlierGroups, still_there
from pipelines.lists.list_options import LinkRefused
from pipelines.lists.row_groups import Groups

_SHOWN_NUMBERS = 20  # in a message


@dataclass(frozen=True, slots=True)
class GroupNumbers:
    """``of_group``: each group's number; ``last``: the highest that was ever given; ``earlier``: per row of all lists its group the last time, 0
    where it had none; ``is_same``: per row what was answered then; ``changes``: what became of the earlier groups, in Chinese."""

    of_group: npt.NDArray[np.int64]
    last: int
    earlier: npt.NDArray[np.int64]
    is_same: npt.NDArray[np.object_]
    changes: Sequence[str] = ()


def new_numbers(groups: Groups, size: int) -> GroupNumbers:
    """Numbers from 1, for groups among ``size`` rows."""
    none = np.zeros(size, dtype=np.int64)
    return GroupNumbers(np.arange(1, groups.count + 1), groups.count, none, np.full(size, None, dtype=object))


def kept_numbers(groups: Groups, earlier: EarlierGroups, now: Aligned, places: pd.DataFrame) -> GroupNumbers:
    """The numbers that the groups have in ``earlier``, and new ones for the others. ``now``, ``places``: as for ``still_there``. Raises
    LinkRefused as that does, and where none of the earlier rows is there."""
    size = len(places)
    group, sure = np.full(size, -1, dtype=np.int64), np.zeros(size, dtype=bool)
    at = groups.rows["at"].to_numpy()
    group[at], sure[at] = groups.rows["group"].to_numpy(), (groups.rows["decision"] == "match").to_numpy()
    found = still_there(earlier, now, places, group)
    if len(found) and (found < 0).all():
        raise LinkRefused("上次结果里的行没有一行在这次的名单里。名单应是完整的：以前的行，加上新的行")
    there = earlier.rows.assign(at=found)[found >= 0]
    had, answered = np.zeros(size, dtype=np.int64), np.full(size, None, dtype=object)
    had[there["at"]] = there["group"].to_numpy()
    claims = _claims(earlier.rows.assign(at=found), group, sure)
    number = _given(claims, groups.count)
    fresh = np.flatnonzero(number == 0)
    number[fresh] = np.arange(earlier.last + 1, earlier.last + 1 + len(fresh))
    now_in = np.append(number, 0)[group[there["at"]]]
    same = (now_in == there["group"].to_numpy()) & there["is_same"].notna().to_numpy()
    answered[there["at"].to_numpy()[same]] = there["is_same"].to_numpy(dtype=object)[same]
    changes = [*_told(claims, number), *_gone(earlier, found, number), _summary(number, had, group, earlier.last)]
    return GroupNumbers(number, max(earlier.last, int(number.max(initial=0))), had, answered, changes)


def _claims(earlier: pd.DataFrame, group: npt.NDArray[np.int64], sure: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Which earlier number (``number``) claims which group by how many ``rows``, the strongest claims first. On both sides the confirmed rows
    speak, or all where none is confirmed."""
    was_sure = earlier["decision"] == "match"
    speaks = was_sure | ~was_sure.groupby(earlier["group"]).transform("any")
    speaking = earlier[speaks & (earlier["at"] >= 0)]
    at = speaking["at"].to_numpy()
    with_sure = np.unique(group[sure])
    heard = (group[at] >= 0) & (sure[at] | ~np.isin(group[at], with_sure))
    pairs = pd.DataFrame({"number": speaking["group"].to_numpy()[heard], "group": group[at][heard]})
    counted = pairs.value_counts().rename("rows").reset_index()
    return counted.sort_values(["rows", "number", "group"], ascending=[False, True, True], ignore_index=True)


def _given(claims: pd.DataFrame, count: int) -> npt.NDArray[np.int64]:
    """Per group the number it keeps, 0 where none: each number goes to one group, the strongest claim first."""
    number, used = np.zeros(count, dtype=np.int64), set[int]()
    for claimed, group in zip(claims["number"].tolist(), claims["group"].tolist(), strict=True):
        if number[group] == 0 and claimed not in used:
            number[group] = claimed
            used.add(claimed)
    return number


def _told(claims: pd.DataFrame, number: npt.NDArray[np.int64]) -> Iterator[str]:
    """Groups that several numbers claim, and numbers that claim several groups."""
    for _, of_group in claims.groupby("group"):
        if len(of_group) > 1:
            yield f"上次的组 {shown_numbers(of_group['number'])} 现在是同一组：组号用 {number[of_group['group'].iloc[0]]}"
    for claimed, of_number in claims.groupby("number"):
        if len(of_number) > 1:
            yield f"上次的组 {claimed} 现在分成几组：{shown_numbers(number[of_number['group']])}"


def _gone(earlier: EarlierGroups, found: npt.NDArray[np.int64], number: npt.NDArray[np.int64]) -> Iterator[str]:
    if gone := int((found < 0).sum()):
        yield f"上次结果里有 {gone} 行不在这次的名单里（删去了，或姓名、证件号等都改了）"
    numbers = set(number.tolist())
    if ended := [n for n in sorted(set(earlier.rows["group"].tolist())) if n not in numbers]:
        yield f"上次的组 {shown_numbers(ended)} 不再使用（已并入别的组，或不再有相同的行），这些组号不会再用"


def _summary(number: npt.NDArray[np.int64], had: npt.NDArray[np.int64], group: npt.NDArray[np.int64], last: int) -> str:
    in_group = np.flatnonzero(group >= 0)
    kept = number[group[in_group]] <= last
    joined = int((kept & (had[in_group] == 0)).sum())
    return f"与上次结果相比：{int((number <= last).sum())} 组沿用原来的组号，其中新加入 {joined} 行；新增 {int((number > last).sum())} 组"


def shown_numbers(numbers: Sequence[int] | pd.Series | npt.NDArray[np.int64]) -> str:
    """Numbers of groups in a message; the first of them where there are many."""
    sorted_ = sorted(int(n) for n in numbers)
    more = f" 等 {len(sorted_)} 组" if len(sorted_) > _SHOWN_NUMBERS else ""
    return "、".join(map(str, sorted_[:_SHOWN_NUMBERS])) + more
