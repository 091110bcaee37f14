"""The published tables in a database, and the relations of a folder made of them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.memory_database import memory_database
from schemas.relations import Relation, build, by_needs, read_relations


def read_columns(tables: Path, wanted: Mapping[str, Sequence[str]]) -> dict[str, pa.Table]:
    """Name -> published table in the folder ``tables``, with the columns ``wanted`` of it alone."""
    return {name: pq.read_table(tables / f"{name}.parquet", columns=list(columns)) for name, columns in wanted.items()}


@contextmanager
def with_relations(
    folder: str,
    tables: Mapping[str, pa.Table],
    parameters: Mapping[str, object],
    spill: Path | None,
    wanted: str | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with ``tables`` and the relations of reports/relations/``folder``. ``spill``: as for ``memory_database``; ``wanted``: only
    this relation and those that it needs."""
    with memory_database(spill) as con:
        for name, table in tables.items():
            con.register(name, table)
        relations = read_relations(files("reports") / "relations" / folder)
        needed = relations.values() if wanted is None else _needed(wanted, relations)
        build(con, by_needs(needed, list(tables)), parameters)
        yield con


def _needed(wanted: str, relations: Mapping[str, Relation]) -> list[Relation]:
    """The relation ``wanted`` and all that it needs, through however many others."""
    found = {wanted: relations[wanted]}
    for relation in (queue := [relations[wanted]]):
        more = [need for need in relation.needs if need in relations and need not in found]
        found |= {need: relations[need] for need in more}
        queue += [relations[need] for need in more]
    return list(found.values())
