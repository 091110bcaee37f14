"""Reading and writing what the store keeps: the state that runs hand on, the runs themselves, the audit."""

import getpass
import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import Connection, insert, select, update

from pipelines.store.database import selected_rows
from pipelines.store.state_tables import AUDIT, PLACE, RUNS, STATE_KEYS, state_columns

_LIBRARIES = ("bidui", "duckdb", "pandas", "pyarrow", "numpy", "rapidfuzz", "sqlalchemy")


@dataclass(frozen=True, slots=True)
class Run:
    """A row of the table ``runs``. ``folder``: its name under ``curated/runs``; ``followed``: whether the folders are in line with it."""

    number: int
    run_id: str
    as_of: date
    outbox: str | None
    finished: str | None
    followed: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What a state table must lose (keys) and gain (rows) to be what it is to be."""

    name: str
    gone: list[tuple]
    added: pa.Table


def now() -> str:
    """This moment, UTC, as the store writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_state(connection: Connection, name: str) -> pa.Table:
    """A state table in the order of its key, columns as published (``schemas.tables``) and before them the place where that is the key."""
    schema = state_columns(name)
    cursor = connection.connection.cursor()
    try:
        cursor.execute(f"select {_names(schema.names)} from {name} order by {_names(STATE_KEYS[name])}")
        rows = cursor.fetchall()
    finally:
        cursor.close()
    columns = [_column([row[i] for row in rows], field.type) for i, field in enumerate(schema)]
    return pa.table(columns, schema=schema)


def change_of(con: duckdb.DuckDBPyConnection, name: str, before: pa.Table, published: pa.Table) -> Change:
    """What makes the state table ``before`` (as read) into the ``published`` one. ``con``: a database in memory to find it out with."""
    kept = with_place(name, published)
    if not len(before):
        return Change(name, [], kept)
    if kept.equals(before):
        return Change(name, [], kept.slice(0, 0))
    key = _names(STATE_KEYS[name])
    con.register("before", before)
    con.register("kept", kept)
    con.execute("create or replace temp table added as from kept except from before")
    gone = con.sql(
        f"select {key} from before anti join kept using ({key}) union all select {key} from before semi join added using ({key})"
    ).fetchall()
    return Change(name, gone, con.sql(f"from added order by {key}").to_arrow_table().cast(kept.schema))


def with_place(name: str, published: pa.Table) -> pa.Table:
    """A published table as the store has it."""
    if STATE_KEYS[name] == (PLACE,):
        published = published.add_column(0, PLACE, pa.array(range(1, len(published) + 1), pa.int32()))
    return published.select(state_columns(name).names).cast(state_columns(name))


def write_change(connection: Connection, change: Change) -> None:
    """Carry the change out."""
    key = STATE_KEYS[change.name]
    if change.gone:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        where = " and ".join(f'"{column}" = {mark}' for column in key)
        gone = [tuple(str(v) if isinstance(v, date) and mark == "?" else v for v in row) for row in change.gone]
        connection.exec_driver_sql(f"delete from {change.name} where {where}", gone)
    insert_rows(connection, change.name, change.added)


def insert_rows(connection: Connection, name: str, table: pa.Table) -> None:
    """Add the rows of ``table`` to the store's table ``name``, in the fastest way that the database has."""
    if not len(table):
        return
    columns = _names(table.column_names)
    driver: Any = connection.connection
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * table.num_columns)
        driver.cursor().executemany(f"insert into {name} ({columns}) values ({marks})", _tuples(table, as_text=True))
        return
    with driver.driver_connection.cursor() as cursor, cursor.copy(f"copy {name} ({columns}) from stdin") as copy:
        for row in _tuples(table, as_text=False):
            copy.write_row(row)


def current_run(connection: Connection) -> Run | None:
    """The run that is published now."""
    published = published_runs(connection)
    return published[-1] if published else None


def published_runs(connection: Connection) -> list[Run]:
    """All published runs, the current one last."""
    query = select(RUNS).where(RUNS.c.state == "published").order_by(RUNS.c.number)
    return [
        Run(row["number"], row["run_id"], row["as_of"], row["outbox"], row["finished"], row["followed"] is not None)
        for row in selected_rows(connection, query)
    ]


def begin_run(connection: Connection, number: int, run_id: str, as_of: date) -> None:
    """Note that a run is at work."""
    row = {"number": number, "run_id": run_id, "as_of": as_of, "started": now(), "state": "running", "versions": _versions()}
    connection.execute(insert(RUNS).values(row))


def end_run(connection: Connection, run_id: str, state: str, outbox: str | None = None, left_out: Sequence[str] = ()) -> None:
    """Note how a run ended. ``state`` published makes it the current one."""
    values = {"state": state, "finished": now(), "outbox": outbox, "left_out": json.dumps(list(left_out), ensure_ascii=False)}
    connection.execute(update(RUNS).where(RUNS.c.run_id == run_id).values(values))


def note_followed(connection: Connection, numbers: Sequence[int]) -> None:
    """Note that the folders are in line with these runs."""
    connection.execute(update(RUNS).where(RUNS.c.number.in_(numbers)).values(followed=now()))


def dead_runs(connection: Connection) -> list[str]:
    """Runs that were at work when they were killed; the caller holds the lock, so none is at work now."""
    return list(connection.execute(select(RUNS.c.run_id).where(RUNS.c.state == "running")).scalars())


def last_number(connection: Connection) -> int:
    """The greatest number that a run has, 0 where there is none."""
    return connection.execute(select(RUNS.c.number).order_by(RUNS.c.number.desc()).limit(1)).scalar() or 0


def write_audit(
    connection: Connection, command: str, run_id: str | None = None, counts: Mapping[str, object] | None = None
) -> None:
    """Add a line to the audit: counts and codes only."""
    line = {
        "at": now(),
        "who": _user(),
        "command": command,
        "run_id": run_id,
        "counts": json.dumps(counts or {}, ensure_ascii=False),
    }
    connection.execute(insert(AUDIT).values(line))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such entry, as in a container
        return "?"


def _versions() -> str:
    found = {"python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return json.dumps(found)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _column(values: list, kind: pa.DataType) -> pa.Array:
    """SQLite gives days as text."""
    if pa.types.is_date(kind) and any(isinstance(value, str) for value in values):
        return pa.array(values, pa.string()).cast(kind)
    return pa.array(values, kind)


def _tuples(table: pa.Table, as_text: bool) -> Iterator[tuple]:
    """The rows; days as text for SQLite."""
    for batch in table.to_batches(max_chunksize=50_000):
        columns = [c.cast(pa.string()) if as_text and pa.types.is_date(c.type) else c for c in batch.columns]
        yield from zip(*(column.to_pylist() for column in columns), strict=True)
