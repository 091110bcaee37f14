"""Relations: named SQL steps, each a ``.sql`` file with a head that says what it needs and what it gives.

A file has a head of comment lines and then exactly one ``select`` (or ``with``) statement; its stem is the relation's name::

    -- What one row is, in plain English, and its source where there is one.
    -- needs: persons, records               relations and registered tables that the statement reads
    -- parameters: as_of                     only where the statement has $as_of
    -- gives: person_id varchar, since date  columns in order, with their DuckDB types
    -- key: person_id                        columns that are unique together, or none
    -- made: view                            only where it is cheap to compute anew each time it is read; else it is a table
    select …

A relation that SQL cannot express is a Python function of the connection and the parameters that returns an Arrow table; the same head
is its docstring.
``by_needs`` checks the heads before anything runs; ``build`` makes the tables, checks that they are what the heads say, and drops those
that nothing needs any more.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from importlib.resources.abc import Traversable

import duckdb
import pyarrow as pa

Compute = Callable[..., pa.Table]

_LABEL = re.compile(r"(needs|parameters|gives|key|made):\s*(.*)")
_PARAMETER = re.compile(r"\$([a-z_]+)")
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


class RelationError(Exception):
    """A relation's head is at fault, its needs cannot be met, or its table is not what the head says. Names the relation."""


@dataclass(frozen=True, slots=True)
class Relation:
    """``about``: what one row is; ``gives``: (column, DuckDB type) in order; ``key``: columns unique together, empty for none;
    ``statement``: the SQL, or ``compute``: the function that makes the table instead; ``view``: made as a view and not as a table."""

    name: str
    about: str
    needs: tuple[str, ...]
    parameters: tuple[str, ...]
    gives: tuple[tuple[str, str], ...]
    key: tuple[str, ...]
    statement: str = ""
    compute: Compute | None = None
    view: bool = False


def read_relations(folder: Traversable) -> dict[str, Relation]:
    """Name -> relation of the ``.sql`` files in ``folder``. Raises RelationError where a head is missing or malformed."""
    found = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        name, _, ending = file.name.partition(".")
        if ending == "sql":
            found[name] = parse(name, file.read_text(encoding="utf-8"))
    return found


def parse(name: str, text: str) -> Relation:
    """The relation of a file's ``text``. Raises RelationError."""
    lines = text.splitlines()
    end = next((n for n, line in enumerate(lines) if not line.startswith("--")), len(lines))
    return with_head(name, "\n".join(line.removeprefix("--") for line in lines[:end]), statement="\n".join(lines[end:]).strip())


def computed_relation(function: Compute) -> Relation:
    """The relation that ``function`` computes, named like it, its docstring the head. Raises RelationError."""
    return with_head(function.__name__, function.__doc__ or "", compute=function)


def with_head(name: str, head: str, statement: str = "", compute: Compute | None = None) -> Relation:
    """The relation ``name`` with this head, made by ``statement`` or ``compute``. Raises RelationError where the head does not
    say what one row is, lacks ``needs``, ``gives`` or ``key``, or does not name the parameters of the statement."""
    parts: dict[str, list[str]] = {"about": []}
    label = "about"
    for line in head.strip().splitlines():
        text = line.strip()
        if match := _LABEL.match(text):
            label, text = match.groups()
            if label in parts:
                raise RelationError(f"{name}: the head has two lines “{label}:”")
        parts.setdefault(label, []).append(text)
    said = {label: " ".join(texts).strip() for label, texts in parts.items()}
    for label, texts in parts.items():
        if not any(texts):
            raise RelationError(f"{name}: the head says nothing under “{label}”")
    if missing := [label for label in ("needs", "gives", "key") if label not in said]:
        raise RelationError(f"{name}: the head lacks “{missing[0]}:”")
    gives = tuple(_column(name, text) for text in said["gives"].split(","))
    key = () if said["key"] == "none" else _names(name, said["key"])
    if unknown := set(key) - {column for column, _ in gives}:
        raise RelationError(f"{name}: the key names {', '.join(sorted(unknown))}, which the relation does not give")
    parameters = _names(name, said["parameters"]) if "parameters" in said else ()
    view = "made" in said
    if view and (said["made"] != "view" or parameters or compute):
        raise RelationError(f"{name}: “made:” can only be “view”, of a statement without parameters")
    if compute is None:
        if not re.match(r"(select|with)\b", statement):
            raise RelationError(f"{name}: after the head stands no select or with")
        if set(parameters) != set(_PARAMETER.findall(statement)):
            raise RelationError(f"{name}: the head's parameters are not those of the statement")
    return Relation(name, said["about"], _names(name, said["needs"]), parameters, gives, key, statement, compute, view)


def _names(name: str, listed: str) -> tuple[str, ...]:
    names = tuple(text.strip() for text in listed.split(","))
    for text in names:
        if not _NAME.fullmatch(text):
            raise RelationError(f"{name}: “{text}” in the head is not a name")
    return names


def _column(name: str, text: str) -> tuple[str, str]:
    column, _, kind = text.strip().partition(" ")
    if not _NAME.fullmatch(column) or not kind.strip():
        raise RelationError(f"{name}: “{text.strip()}” in the head is not a column and its type")
    return column, kind.strip()


def by_needs(relations: Iterable[Relation], registered: Collection[str]) -> tuple[Relation, ...]:
    """The relations, each after what it needs. ``registered``: the tables that the caller brings.

    Raises RelationError where a name stands twice, a need is neither a relation nor registered, or the needs go in a circle.
    """
    known: dict[str, Relation] = {}
    for relation in relations:
        if relation.name in known or relation.name in registered:
            raise RelationError(f"{relation.name}: two relations or tables have this name")
        known[relation.name] = relation
    for relation in known.values():
        if unknown := [need for need in relation.needs if need not in known and need not in registered]:
            raise RelationError(f"{relation.name} needs {unknown[0]}, which is neither a relation nor a registered table")
    sorter = TopologicalSorter({r.name: [need for need in r.needs if need in known] for r in known.values()})
    try:
        return tuple(known[name] for name in sorter.static_order())
    except CycleError as error:
        raise RelationError(f"relations need one another in a circle: {' → '.join(error.args[1])}") from None


def build(
    con: duckdb.DuckDBPyConnection,
    relations: Iterable[Relation],
    parameters: Mapping[str, object],
    kept: Collection[str] | None = None,
) -> None:
    """Make each relation, in the order given, a temporary table or view of ``con``. ``kept``: those that the caller reads; of the
    others each is dropped as soon as no later relation needs it. None keeps all.

    Raises RelationError where a table has other columns or types than its head says; the error quotes no value.
    """
    listed = tuple(relations)
    dropped_after = {} if kept is None else _last_uses(listed, kept)
    for relation in listed:
        name = f'"{relation.name}"'
        given = {parameter: parameters[parameter] for parameter in relation.parameters}
        if relation.compute is None:
            con.execute(f"create temp {'view' if relation.view else 'table'} {name} as {relation.statement}", given)
        else:
            con.register("computed_table", relation.compute(con, **given))
            con.execute(f"create temp table {name} as from computed_table")
            con.unregister("computed_table")
        table = con.table(relation.name)
        made = tuple(zip(table.columns, (str(kind).lower() for kind in table.types), strict=True))
        if made != relation.gives:
            raise RelationError(f"{relation.name}: {_difference(made, relation.gives)}")
        for needed in dropped_after.get(relation.name, ()):
            con.execute(f'drop {"view" if needed.view else "table"} "{needed.name}"')


def _last_uses(relations: Sequence[Relation], kept: Collection[str]) -> dict[str, list[Relation]]:
    """Relation -> those, but for the ``kept``, that it is the last to read, itself or through a view."""
    by_name = {relation.name: relation for relation in relations}
    last: dict[str, str] = {}
    for relation in relations:
        read = [relation]
        for reader in read:
            last[reader.name] = relation.name
            if reader is relation or reader.view:
                read += [by_name[need] for need in reader.needs if need in by_name]
    dropped: dict[str, list[Relation]] = {}
    for name, last_reader in last.items():
        if name not in kept:
            dropped.setdefault(last_reader, []).append(by_name[name])
    return dropped


def _difference(made: tuple[tuple[str, str], ...], head: tuple[tuple[str, str], ...]) -> str:
    for place, (is_now, should) in enumerate(zip(made, head, strict=False), 1):
        if is_now != should:
            return f"column {place} is {' '.join(is_now)}, by the head it is {' '.join(should)}"
    return f"the table has {len(made)} columns, by the head {len(head)}"
