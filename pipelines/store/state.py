"""Reading and writing the state that runs hand on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import Connection

from pipelines.store.state_columns import state_columns
from pipelines.store.state_tables import PLACE, STATE_KEYS


@dataclass(frozen=True, slots=True)
class Change:
    """What a state table must lose (keys) and gain (rows) to be what it is to be."""

    name: str
    gone: list[tuple]
    added: pa.Table


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
