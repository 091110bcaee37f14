"""The published tables in a database, and the relations of a folder made of them."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.relations import build, by_needs, read_relations


def read_columns(tables: Path, wanted: Mapping[str, Sequence[str]]) -> dict[str, pa.Table]:
    """Name -> published table in the folder ``tables``, with the columns ``wanted`` of it alone."""
    return {name: pq.read_table(tables / f"{name}.parquet", columns=list(columns)) for name, columns in wanted.items()}


def with_relations(folder: str, tables: Mapping[str, pa.Table], parameters: Mapping[str, object]) -> duckdb.DuckDBPyConnection:
    """A database with ``tables`` and the relations of reports/relations/``folder``; to be closed by the caller."""
    con = duckdb.connect()
    con.execute("set enable_progress_bar = false")
    for name, table in tables.items():
        con.register(name, table)
    relations = read_relations(files("reports") / "relations" / folder)
    build(con, by_needs(relations.values(), list(tables)), parameters)
    return con
