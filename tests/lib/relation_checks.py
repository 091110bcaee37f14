"""What tests and the page of the docs ask of relations: what a statement reads, whether its key is one, and how they hang together."""

import json
from collections.abc import Iterable, Mapping

import duckdb

from schemas.relations import Relation, RelationError


def tables_read(relation: Relation) -> set[str]:
    """The relations and tables that the statement reads, found in the statement itself, to hold ``needs`` against. Raises
    RelationError where it is not exactly one statement."""
    with duckdb.connect() as con:
        ((serialised,),) = con.execute(
            "select json_serialize_sql($statement::varchar)", {"statement": relation.statement}
        ).fetchall()
    parsed = json.loads(serialised)
    if parsed["error"] or len(parsed["statements"]) != 1:
        raise RelationError(f"{relation.name}: not exactly one statement that can be read")
    read: set[str] = set()
    own: set[str] = set()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if node.get("type") == "BASE_TABLE":
                read.add(node["table_name"])
            own.update(entry["key"] for entry in node.get("cte_map", {}).get("map", []))
            for part in node.values():
                walk(part)
        elif isinstance(node, list):
            for part in node:
                walk(part)

    walk(parsed["statements"])
    return read - own


def repeated_keys(con: duckdb.DuckDBPyConnection, relation: Relation) -> int:
    """How many keys of the relation's table in ``con`` stand on more than one row: 0 where the head is right."""
    if not relation.key:
        return 0
    keys = con.table(relation.name).aggregate(", ".join([*relation.key, "count(*) as rows_of_key"]))
    return len(keys.filter("rows_of_key > 1"))


def mermaid(relations: Iterable[Relation], drawn_as: Mapping[str, str | None] | None = None) -> str:
    """The relations as a Mermaid diagram, an arrow from what is needed to what needs it. ``drawn_as``: the names that are drawn under
    another, several as one node; those under None are left out."""
    names = drawn_as or {}
    pairs = [(names.get(need, need), names.get(r.name, r.name)) for r in relations for need in r.needs]
    arrows = dict.fromkeys(f"    {need} --> {name}" for need, name in pairs if need and name and need != name)
    return "\n".join(["flowchart LR", *arrows])
