"""The job of ``bidui dedupe``, and of ``bidui link`` with three lists and more: lists in, groups of rows that are one person out."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from matching import Linkage, Model
from pipelines.guard import guarded
from pipelines.lists.aligned import aligned
from pipelines.lists.comparable import comparable, list_summary, too_much
from pipelines.lists.earlier_groups import EarlierGroups, read_earlier
from pipelines.lists.group_files import RESERVED, GroupResult, write_groups
from pipelines.lists.group_numbers import kept_numbers, new_numbers
from pipelines.lists.kept_folder import check_keep, linked
from pipelines.lists.list_columns import PeopleList
from pipelines.lists.list_options import Request, checked_out, read_asked, read_model
from pipelines.lists.list_outcome import told_of_outcome, write_outcome
from pipelines.lists.row_groups import found_groups


def group_lists(request: Request) -> Iterator[str]:
    """Find the groups and write them; yields the messages to the analyst: counts, headings, files. Raises as ``link_lists`` does."""
    first, several = request.lists[0].path.stem, len(request.lists) > 1
    name = f"{first}等{len(request.lists)}个名单比对结果" if several else f"{first}查重结果"
    out, model = checked_out(request, name), read_model(request.model)
    if request.keep:
        check_keep(request.keep, [out, request.save_model])
    earlier = guarded("read", partial(read_earlier, request.against)) if request.against else None
    lists = guarded("read", lambda: read_asked(request))
    for people_list in lists:
        yield from list_summary(people_list, f"{people_list.letter} " if several else "")
    result, linkage = group_people(lists, request.cost_ratio, model, earlier, request.keep)
    yield from (f"注意：{notice}" for notice in result.notices)
    write_outcome(request, out, result.beyond_a_sheet(out), lambda: write_groups(result, out))
    yield from result.counted()
    yield from result.numbers.changes
    yield from told_of_outcome(request, out, linkage, [p.side for p in lists] if several else ())


def group_people(
    lists: Sequence[PeopleList],
    cost_ratio: float,
    model: Model | None,
    earlier: EarlierGroups | None = None,
    keep: Path | None = None,
) -> tuple[GroupResult, Linkage]:
    """The groups in lists that were read; ``notices`` of the result says what could not be understood, compared or told apart. ``earlier``: an
    outcome whose numbers stay. ``keep``: as for ``kept_folder.linked``. Raises as that does, and LinkRefused where ``earlier`` is of other
    lists."""
    lists, notices = comparable(lists)
    linkage = linked(lists, cost_ratio, model, keep)
    notices += too_much(linkage, lists)
    return guarded("result", lambda: _result(linkage, lists, cost_ratio, notices, earlier)), linkage


def _result(
    linkage: Linkage, lists: Sequence[PeopleList], cost_ratio: float, notices: list[str], earlier: EarlierGroups | None
) -> GroupResult:
    groups = found_groups(linkage, pd.concat([p.people["record_id"] for p in lists], ignore_index=True))
    own = aligned(lists, RESERVED)
    places = pd.concat([pd.DataFrame({"list": p.letter, "row": p.rows}) for p in lists], ignore_index=True)
    numbers = kept_numbers(groups, earlier, own, places.astype("str")) if earlier else new_numbers(groups, len(places))
    return GroupResult(lists, own.table, places, groups, numbers, notices, cost_ratio, earlier is not None)
