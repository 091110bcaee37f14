"""The published tables in a database, and the relations of a folder made of them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.memory_database import memory_database
from schemas.relations import build, by_needs, read_relations


def read_columns(tables: Path, wanted: Mapping[str, Sequence[str]]) -> dict[str, pa.Table]:
    """Name -> published table in the folder ``tables``, with the columns ``wanted`` of it alone."""
    return {name: pq.read_table(tables / f"{name}.parquet", columns=list(columns)) for name, columns in wanted.items()}


@contextmanager
def with_relations(
    folder: str, tables: Mapping[str, pa.Table], parameters: Mapping[str, object], spill: Path | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with ``tables`` and the relations of reports/relations/``folder``. ``spill``: as for ``memory_database``."""
    with memory_database(spill) as con:
        for name, table in tables.items():
            con.register(name, table)
        relations = read_relations(files("reports") / "relations" / folder)
        build(con, by_needs(relations.values(), list(tables)), parameters)
        yield con
