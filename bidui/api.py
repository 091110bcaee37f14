"""What a notebook uses: ``bidui.link``, ``bidui.run``, ``bidui.tables``; docs/notebook.md shows them with their outputs.

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

from bidui.arguments import day_of, existing_folder, list_field, official_townships
from matching import COST_RATIO
from pipelines.ask.published import published_run
from pipelines.files.refusal import FileRefused
from pipelines.guard import guarded
from pipelines.lists.link_lists import LinkRefused, link_people, read_model
from pipelines.lists.list_columns import PeopleList, list_of_table, read_list
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
    *,
    columns: Columns | None = None,
    columns_a: Columns | None = None,
    columns_b: Columns | None = None,
    sheet_a: str | None = None,
    sheet_b: str | None = None,
    cost_ratio: float = COST_RATIO,
    model: PathLike | None = None,
) -> pd.DataFrame:
    """Find the rows of two lists that are one person, as ``bidui link`` does.

    ``a``, ``b``: files, or tables in memory. ``columns``: which columns hold what, in both lists or in one, where their headings
    do not say it: ``{"name": "学生姓名"}``. ``sheet_a``, ``sheet_b``: the sheet of each file that is read; by default the first that has
    a heading row. ``cost_ratio``: how many wasted visits one wrong link costs. ``model``: a file that ``bidui link --save-model``
    wrote; without it the model is learned from the two lists.

    Returns a row per pair: row_a and row_b (the row as Excel shows it; in a table in memory its position, the first 0),
    probability, decision (``match`` or ``possible``), evidence, then both lists' own columns as text, ending in _a and _b.
    Its ``attrs["notices"]`` lists in Chinese what could not be understood or compared. Raises LinkRefused if there is no list of
    people in ``a`` or ``b`` or the model cannot be read, Refused if ``columns`` names a field that does not exist, and StepFailed.
    """
    with private_work(None):
        known = read_model(Path(model) if model is not None else None)
        left, right = _list(a, "a", sheet_a, columns_a, columns), _list(b, "b", sheet_b, columns_b, columns)
        result, _ = link_people(left, right, cost_ratio, known)
        pairs = guarded("result", lambda: pairs_table(result).to_pandas())
    pairs.attrs["notices"] = list(result.notices)
    return pairs


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


def _list(given: AnyList, side: str, sheet: str | None, own: Columns | None, common: Columns | None) -> PeopleList:
    named, named_for_both = _named(own), _named(common)
    if isinstance(given, str | os.PathLike):
        name, path = Path(given).name, Path(given)
    else:
        name, path = side.upper(), None

    def read() -> PeopleList:
        try:
            if path is not None:
                return read_list(path, side, sheet, named, named_for_both)
            return list_of_table(_table(given), name, side, named, named_for_both)
        except FileRefused as refused:
            raise LinkRefused(f"《{name}》{refused.message}") from None

    return guarded("read", read)


def _named(columns: Columns | None) -> dict[str, list[str]]:
    """Key of a field -> headings."""
    return {
        list_field(name): [headings] if isinstance(headings, str) else list(headings)
        for name, headings in (columns or {}).items()
    }


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
