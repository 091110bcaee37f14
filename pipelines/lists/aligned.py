"""The own columns of several lists under one another: columns that hold the same field, or have the same heading, become one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from pipelines.lists.list_columns import PeopleList
from pipelines.lists.list_fields import spelled
from pipelines.lists.list_tables import unused

_Slot = tuple[str, int]  # what a column holds: a field's key and which of its columns, or a heading and -1


@dataclass(frozen=True, slots=True)
class Aligned:
    """``table``: the rows of all lists, one list below the other, text; a heading is that of the first list with the column. ``fields``:
    field -> its columns there."""

    table: pd.DataFrame
    fields: dict[str, list[str]]


def aligned(lists: Sequence[PeopleList], reserved: Iterable[str]) -> Aligned:
    """The lists' own columns under one another; none is called as one of ``reserved``. Of one list they stay as they are."""
    taken: dict[str, object] = dict.fromkeys(reserved)
    column_of: dict[_Slot, str] = {}
    tables, order = [], dict[str, None]()
    for people_list in lists:
        slots = _slots(people_list)
        own: dict[str, str] = {}  # the list's column -> the one of all lists
        for name, held in sorted(slots.items(), key=lambda item: len(item[1]), reverse=True):  # a field goes before a heading
            known = (column_of[slot] for slot in held if slot in column_of)
            column = next((c for c in known if c not in own.values()), None) or unused(name, taken)
            taken[column] = None
            own[name] = column
            for slot in held:
                column_of.setdefault(slot, column)
        order |= dict.fromkeys(own[str(name)] for name in people_list.table)
        tables.append(people_list.table.rename(columns=own))
    fields: dict[str, list[str]] = {}
    for (key, number), column in column_of.items():
        if number >= 0:
            fields.setdefault(key, []).append(column)
    return Aligned(pd.concat(tables, ignore_index=True).reindex(columns=list(order)), fields)


def _slots(people_list: PeopleList) -> dict[str, list[_Slot]]:
    """Per column of the list what it holds, the field first where it is used as one."""
    slots: dict[str, list[_Slot]] = {str(name): [] for name in people_list.table}
    for key, columns in people_list.used.items():
        for number, name in enumerate(columns):
            slots[name].append((key, number))
    for name, held in slots.items():
        held.append((spelled(name), -1))
    return slots
