"""What lists have in common, before they are compared: numbers of different kinds are left out, and what is missing is told of. Also how a
list is shown to the analyst, and all lists as one table for ``matching``."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import pandas as pd

from matching import PEOPLE, Linkage
from pipelines.lists.list_births import births_alike
from pipelines.lists.list_columns import PeopleList, quoted
from pipelines.lists.list_fields import LIST_FIELDS

_ENOUGH = 20  # numbers in each list, below which it may be chance that none is in both
# What tells people apart -> the fields of it.
_DISTINGUISHING = {
    "证件号": ("id",),
    "出生日期": ("birth", "year_of_birth"),
    "监护人": ("kin",),
    "住址": ("address", "village"),
}
_BEYOND_NAME = ("id_number", "id_known", "id_other", "birthdate", "township", "village", "address", "kin", "phone")


def comparable(lists: Sequence[PeopleList]) -> tuple[list[PeopleList], list[str]]:
    """(the lists without the numbers that say nothing, notices: what was not understood in reading, left out or missing)."""
    several = len(lists) > 1
    notices = [f"{p.letter}：{notice}" if several else notice for p in lists for notice in p.notices]
    kept, unlike = _without_unlike_numbers(lists)
    return kept, [*notices, *unlike, *_common_ground(kept)]


def pooled(lists: Sequence[PeopleList]) -> pd.DataFrame:
    """The people of all lists, one list below the other, as ``matching.link`` takes them."""
    return pd.concat(births_alike([p.people for p in lists]), ignore_index=True).reindex(columns=list(PEOPLE))


def too_much(linkage: Linkage, lists: Sequence[PeopleList]) -> list[str]:
    """What was too much to compare, where there is something to gain by it, and the columns that would tell such rows apart."""
    records = min(max(linkage.left_out.values(), default=0), _rows_open(linkage, lists))
    if not records:
        return []
    lacking = [title for title, fields in _DISTINGUISHING.items() if not all({*fields} & {*p.used} for p in lists)]
    advice = f"；请补上能区分的列，如{'、'.join(lacking)}" if lacking else ""
    return [f"有多达 {records:,} 行在所比的列上与上百行相同（如大量重名），这样的组没有逐对比较{advice}"]


def _rows_open(linkage: Linkage, lists: Sequence[PeopleList]) -> int:
    """The rows of which another might still be the same person: those without a counterpart, where two lists have such rows; of one list
    those without a number."""
    if len(lists) == 1:
        return int(lists[0].people["id_number"].isna().sum())
    of = pd.concat([pd.DataFrame({"record_id": p.people["record_id"], "list": p.letter}) for p in lists])
    of = of.merge(linkage.clusters, on="record_id")
    alone = of[of.groupby("cluster")["list"].transform("nunique") == 1]
    return len(alone) if alone["list"].nunique() > 1 else 0


def list_summary(people_list: PeopleList, mark: str) -> Iterator[str]:
    """The list in the terminal: rows, the columns that were used, and those that were not. ``mark``: what it is called there, with a blank behind."""
    columns = "、".join(used_columns(people_list, "←"))
    yield f"{mark}{people_list.title}：{len(people_list.rows)} 行；用到的列：{columns}"
    if rest := unused_columns(people_list):
        yield f"{mark}未用于比对的列：{quoted(rest)}"


def used_columns(people_list: PeopleList, mark: str) -> list[str]:
    """Each field of the list, ``mark``, and the columns that hold it."""
    titles = {field.key: field.title for field in LIST_FIELDS}
    return [f"{titles[key]}{mark}{'＋'.join(headings)}" for key, headings in people_list.used.items()]


def unused_columns(people_list: PeopleList) -> list[str]:
    """The list's own columns that say nothing to the comparison."""
    taken = {column for columns in people_list.used.values() for column in columns}
    return [str(name) for name in people_list.table if name not in taken]


def _without_unlike_numbers(lists: Sequence[PeopleList]) -> tuple[list[PeopleList], list[str]]:
    """(the lists, notices): numbers that are no Chinese IDs say nothing where no other list uses that kind; they are left out."""
    numbers = [set(p.people["id_number"].dropna()) if any(q.other_id_kind for q in lists) else set() for p in lists]
    alike: set[int] = set()
    unlike: set[int] = set()
    for i, j in combinations(range(len(lists)), 2):
        if not (numbers[i] and numbers[j] and (lists[i].other_id_kind or lists[j].other_id_kind)):
            continue
        few = lists[i].other_id_kind == lists[j].other_id_kind and min(len(numbers[i]), len(numbers[j])) < _ENOUGH
        (alike if numbers[i] & numbers[j] or few else unlike).update((i, j))
    left_out = {i for i in unlike - alike if lists[i].other_id_kind}
    kept = [_without_numbers(p) if i in left_out else p for i, p in enumerate(lists)]
    if not left_out:
        return kept, []
    if len(lists) == 2:
        return kept, ["两个名单的证件号没有一个相同，不像同一种号码，未用于比对"]
    of = "、".join(lists[i].letter for i in sorted(left_out))
    return kept, [f"{of}：证件号与其他名单没有一个相同，不像同一种号码，未用于比对"]


def _without_numbers(people_list: PeopleList) -> PeopleList:
    people = people_list.people
    return replace(people_list, people=people.assign(id_number=pd.Series(None, index=people.index, dtype="str")))


def _common_ground(lists: Sequence[PeopleList]) -> list[str]:
    """A warning where the rows share nothing that tells namesakes apart."""
    needed = min(2, len(lists))
    shared = [c for c in _BEYOND_NAME if sum(bool(p.people[c].notna().any()) for p in lists) >= needed]
    names = pd.concat([p.people["name"] for p in lists]).dropna()
    if len(names) >= _ENOUGH and names.nunique() == 1:
        return ["姓名一列全是同一个值，未用于比对：请检查是否选错了列"]
    if shared or (len(lists) == 1 and names.is_unique):  # one list without namesakes has nobody to tell apart
        return []
    whose = {1: "除姓名外没有别的列可比", 2: "除姓名外两个名单没有共同的列可比"}.get(len(lists), "除姓名外各名单没有共同的列可比")
    return [f"{whose}，重名分不开，能确认的会很少。请补上证件号、出生日期、住址等列"]
