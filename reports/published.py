"""The published tables in a database, and the relations of a folder made of them."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.relations import build, by_needs, read_relations

# Columns of codes that a run of an earlier version was published without.
_NEWER = ("reason", "closed_reason", "closed_whereabouts", "basis")


def read_columns(tables: Path, wanted: Mapping[str, Sequence[str]]) -> dict[str, pa.Table]:
    """Name -> published table in the folder ``tables``, with the columns ``wanted`` of it alone."""
    found = {}
    for name, columns in wanted.items():
        path = tables / f"{name}.parquet"
        known = pq.read_schema(path).names
        table = pq.read_table(path, columns=[column for column in columns if column in known or column not in _NEWER])
        for column in columns:
            if column not in table.column_names:
                table = table.append_column(column, pa.nulls(len(table), pa.string()))
        found[name] = table
    return found


def with_relations(folder: str, tables: Mapping[str, pa.Table], parameters: Mapping[str, object]) -> duckdb.DuckDBPyConnection:
    """A database with ``tables`` and the relations of reports/relations/``folder``; to be closed by the caller."""
    con = duckdb.connect()
    con.execute("set enable_progress_bar = false")
    for name, table in tables.items():
        con.register(name, table)
    relations = read_relations(files("reports") / "relations" / folder)
    build(con, by_needs(relations.values(), list(tables)), parameters)
    return con
