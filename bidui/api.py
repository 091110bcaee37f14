"""What a notebook uses: ``bidui.link``, ``bidui.dedupe``, ``bidui.run``, ``bidui.tables``; docs/notebook.md shows them with their outputs.

Errors that the analyst can mend are ``pipelines.guard.Foreseen``, with a message in Chinese; no message quotes a cell.
"""

import os
import warnings
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeAlias

import duckdb
import pandas as pd
import pyarrow as pa

from bidui.arguments import SideColumn, by_field, day_of, existing_folder, list_field, official_townships, side_and_field
from bidui.errors import Refused
from matching import COST_RATIO, Model
from pipelines.ask.published_run import published_run
from pipelines.files.refusal import FileRefused
from pipelines.guard import guarded
from pipelines.lists.earlier_groups import earlier_of_table, read_earlier
from pipelines.lists.group_files import groups_table
from pipelines.lists.group_lists import group_people
from pipelines.lists.link_lists import link_people
from pipelines.lists.list_columns import ONLY, PeopleList, list_of_table, read_list
from pipelines.lists.list_options import SIDES, LinkRefused, read_model
from pipelines.lists.pair_files import pairs_table
from pipelines.night.job import run_job
from pipelines.night.outcome import Outcome
from pipelines.store.noting import note_use
from pipelines.store.private import private_work
from schemas.calendar import today
from schemas.memory_database import open_database
from schemas.tables import DECLARED
from schemas.tables.declaration import DeclaredColumn, DeclaredTable

PathLike: TypeAlias = str | os.PathLike[str]
AnyList: TypeAlias = PathLike | pd.DataFrame | pa.Table
Columns: TypeAlias = Mapping[str, str | Sequence[str]]  # field -> its heading, or several


def link(
    a: AnyList,
    b: AnyList,
    *more: AnyList,
    columns: Columns | None = None,
    columns_a: Columns | None = None,
    columns_b: Columns | None = None,
    sheet_a: str | None = None,
    sheet_b: str | None = None,
    cost_ratio: float = COST_RATIO,
    model: PathLike | None = None,
    against: PathLike | pd.DataFrame | None = None,
    keep: PathLike | None = None,
) -> pd.DataFrame:
    """Find the rows of two lists, or of more, that are one person, as ``bidui link`` does.

    ``a``, ``b``, ``more``: files, or tables in memory. ``columns``: which columns hold what, in all lists or in one, where their headings
    do not say it: ``{"name": "学生姓名"}``, ``{"c:name": "学生姓名"}``. ``sheet_a``, ``sheet_b``: the sheet of each file that is read; by
    default the first that has a heading row. ``cost_ratio``: how many wasted visits one wrong link costs. ``model``: a file that ``bidui link
    --save-model`` wrote; without it the model is learned from the lists. ``against``: see ``dedupe``; for three lists and more. ``keep``: a folder where
    each step is kept as a table, and taken up the next time (docs/matching.md).

    Returns for two lists a row per pair: row_a and row_b (the row as Excel shows it; in a table in memory its position, the first 0),
    probability, decision (``match`` or ``possible``), evidence, then both lists' own columns as text, ending in _a and _b. For more lists
    it returns groups, as ``dedupe`` does.
    Its ``attrs["notices"]`` lists in Chinese what could not be understood or compared. Raises LinkRefused if there is no list of
    people in one of them or the model cannot be read, Refused if ``columns`` names a field that does not exist, and StepFailed.
    """
    named = _named_columns(columns)
    given = [(a, sheet_a, columns_a), (b, sheet_b, columns_b), *((other, None, None) for other in more)]
    if len(given) > len(SIDES):
        raise LinkRefused(f"一次最多比对 {len(SIDES)} 个名单")
    sides = SIDES[: len(given)]
    if unknown := [side for side, _, _ in named if side and side not in sides]:
        raise Refused(f"columns 里没有名单 {unknown[0]}，只有 {'、'.join(sides)}")
    with private_work(None):
        lists = [
            _list(
                what,
                side,
                sheet,
                [*_named_columns(own), *(("", field, heading) for of, field, heading in named if of == side)],
                named,
            )
            for side, (what, sheet, own) in zip(sides, given, strict=True)
        ]
        if more:
            return _groups(lists, cost_ratio, model, against, keep)
        if against is not None:
            raise LinkRefused("两个名单的结果是一对一对的，没有组号。against 用于三个以上名单，或 bidui.dedupe")
        left, right = lists
        result, _ = link_people(left, right, cost_ratio, _model(model), _path(keep))
        pairs = guarded("result", lambda: pairs_table(result).to_pandas())
    pairs.attrs["notices"] = list(result.notices)
    return pairs


def dedupe(
    a: AnyList,
    *,
    columns: Columns | None = None,
    sheet: str | None = None,
    cost_ratio: float = COST_RATIO,
    model: PathLike | None = None,
    against: PathLike | pd.DataFrame | None = None,
    keep: PathLike | None = None,
) -> pd.DataFrame:
    """Find the rows of one list that are one person, as ``bidui dedupe`` does.

    ``a``, ``columns``, ``sheet``, ``cost_ratio``, ``model``, ``keep``: as for ``link``. ``against``: an earlier outcome, a file or what this function
    returned: its groups keep their numbers, and rows that came to the list since join them.

    Returns a row per row of a group, the rows of a group beneath one another: group_id, list (``A``), row (as ``link`` counts), linked_list and
    linked_row (the row that it was surest to be one person with), probability and evidence of that pair, decision (``match``: one person with
    all others of the group that are ``match``; ``possible``: it may be), also (other groups that it may belong to), earlier_group (its group in
    ``against``), then the list's own columns as text. ``attrs["notices"]`` as of ``link``; ``attrs["changes"]`` tells in Chinese what became
    of the groups of ``against``, ``attrs["last_group_id"]`` is the highest number ever given. Raises as ``link`` does.
    """
    with private_work(None):
        return _groups([_list(a, ONLY, sheet, _named_columns(columns), ())], cost_ratio, model, against, keep)


def _groups(
    lists: list[PeopleList],
    cost_ratio: float,
    model: PathLike | None,
    against: PathLike | pd.DataFrame | None,
    keep: PathLike | None,
) -> pd.DataFrame:
    earlier = None
    if isinstance(against, pd.DataFrame):
        earlier = guarded("read", lambda: earlier_of_table(_table(against), against.attrs.get("last_group_id", 0)))
    elif against is not None:
        earlier = guarded("read", lambda: read_earlier(Path(against)))
    result, _ = group_people(lists, cost_ratio, _model(model), earlier, _path(keep))
    groups = guarded("result", lambda: groups_table(result).to_pandas())
    groups["earlier_group"] = groups["earlier_group"].astype("Int64")  # some have none
    groups.attrs |= {
        "notices": list(result.notices),
        "changes": list(result.numbers.changes),
        "last_group_id": result.numbers.last,
    }
    return groups


def run(
    root: PathLike,
    as_of: date | str | None = None,
    townships: Sequence[str] | None = None,
    accept_drift: bool = False,
    future: bool = False,
) -> Outcome:
    """Reconcile the exports under ``root/raw`` and publish the result, as ``bidui run`` does.

    ``as_of``: the day the run is for, today by default. ``townships``: only their workbooks are written; the tables always hold
    the whole county. ``accept_drift``: publish from a registry even though it lost more than a third of its rows. ``future``: the day is
    meant although it is still to come.

    Returns the outcome: the folders of the run and of its workbooks, counts, in ``left_out`` what the run had to do without, and in
    ``notes`` what to know of it.
    Raises FutureDay, NothingPublished, Busy, StepFailed, and Refused for a day, a folder or a township that does not exist.
    """
    day = today() if as_of is None else day_of(as_of)
    folder = existing_folder(Path(root))
    return run_job(folder, day, official_townships(townships or (), folder), accept_drift=accept_drift, future=future)


def tables(root: PathLike) -> duckdb.DuckDBPyConnection:
    """A database in memory with a view of each published table (``schemas.tables``) of the run that is current now; a run that is
    published later does not change what it shows. Views and columns have comments (``duckdb_views()``, ``duckdb_columns()``) that say
    what they mean, in Chinese and English. The audit of ``root`` gets a line; where it cannot, a warning says why. Raises NoResults
    where nothing was published under ``root``, and TableMissing where the current run is of an older version that did not write all of them."""
    store = published_run(Path(root), DECLARED)
    if problem := note_use(Path(root), "tables"):
        warnings.warn(problem, stacklevel=2)
    connection = open_database(store.run)
    comments = []
    for name, table in DECLARED.items():
        connection.read_parquet(str(store.path(name))).create_view(name)
        comments.append(f"comment on view {name} is {_comment(table)}")
        comments += [f'comment on column {name}."{column.name}" is {_comment(column)}' for column in table.columns]
    connection.execute("; ".join(comments))
    return connection


def _comment(declared: DeclaredTable | DeclaredColumn) -> str:
    text = f"{declared.chinese} / {declared.english}"
    return "'" + text.replace("'", "''") + "'"


def _model(path: PathLike | None) -> Model | None:
    return read_model(_path(path))


def _path(path: PathLike | None) -> Path | None:
    return Path(path) if path is not None else None


def _list(given: AnyList, side: str, sheet: str | None, own: Sequence[SideColumn], common: Sequence[SideColumn]) -> PeopleList:
    named, named_for_all = (by_field((field, heading) for of, field, heading in c if not of) for c in (own, common))
    if isinstance(given, str | os.PathLike):
        name, path = Path(given).name, Path(given)
    else:
        name, path = "A" if side == ONLY else side.upper(), None

    def read() -> PeopleList:
        try:
            if path is not None:
                return read_list(path, side, sheet, named, named_for_all)
            return list_of_table(_table(given), name, side, named, named_for_all)
        except FileRefused as refused:
            raise LinkRefused(f"《{name}》{refused.message}") from None

    return guarded("read", read)


def _named_columns(columns: Columns | None) -> list[SideColumn]:
    """(side that is meant or "", key of a field, heading)."""
    return [
        (side, list_field(field), heading)
        for name, headings in (columns or {}).items()
        for side, field in [side_and_field(name)]
        for heading in ([headings] if isinstance(headings, str) else headings)
    ]


def _table(given: object) -> pa.Table:
    if isinstance(given, pa.Table):
        return given
    if not isinstance(given, pd.DataFrame):
        raise LinkRefused("名单应是文件、pandas 的 DataFrame 或 pyarrow 的 Table")
    return pa.Table.from_arrays(
        [_column(given.iloc[:, index]) for index in range(given.shape[1])], [str(c) for c in given.columns]
    )


def _column(values: pd.Series) -> pa.Array:
    try:
        return pa.Array.from_pandas(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # numbers and texts in one column
        return pa.Array.from_pandas(values.map(str, na_action="ignore"))
