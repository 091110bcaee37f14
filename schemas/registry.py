"""How a registry's export is declared: the types ``Registry`` and ``Column``, and the registries that the package declares.

A registry is one module of ``schemas.registries`` that defines ``REGISTRY``. It is found by itself and need not be registered
anywhere else.
"""

import dataclasses
import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

ColumnKind = Literal[
    "text", "name", "id", "key", "student_number", "date", "month", "code", "township", "village",
    "address", "hamlet", "division", "phone", "amount", "certificate",
]
Role = Literal["student", "household", "poverty", "disability", "aid", "report"]
Level = Literal["refuse", "report", "off"]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column of an export.

    ``field``: the field of the record that it fills (``schemas.tables.RECORDS_TABLE``).
    ``headings``: the known spellings of its heading, the standard one first.
    ``kind``: what its values are, which decides how they are standardised.
    ``required``: an export without this column is refused.
    ``codes``: for kind 'code', value as a system writes it (number or name) -> code of this project.
    """

    field: str
    headings: tuple[str, ...]
    kind: ColumnKind = "text"
    required: bool = False
    codes: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Registry:
    """One system's export.

    ``key``: name of the registry in tables, and of its folder under ``raw``.
    ``title``, ``owner``: Chinese name of the system, and of the office that keeps it.
    ``role``: what its records are evidence of. Reconciliation asks for roles, never for a registry by name.
    ``columns``: the columns that are read.
    ``source_key``: the fields by which the system itself tells its rows apart.
    ``signature``: fields whose headings, found together in a heading row, identify the registry.
    ``core``: every run should have this registry; a run without it ends with exit status 1.
    ``one_of``: groups of fields; an export must have at least one field of each group.
    ``ignored``: headings that are known and not used, so that they are not reported as new.
    ``levels``: checks that have another level for this registry than in ``schemas.checks``.
    ``older_files``: names of files that the county says are older states of others.
    ``stage``: the school stage of all its records; None where the records say it.
    """

    key: str
    title: str
    owner: str
    role: Role
    columns: tuple[Column, ...]
    source_key: tuple[str, ...]
    signature: tuple[str, ...]
    core: bool = False
    one_of: tuple[tuple[str, ...], ...] = ()
    ignored: tuple[str, ...] = ()
    levels: Mapping[str, Level] = dataclasses.field(default_factory=dict)
    older_files: tuple[str, ...] = ()
    stage: str | None = None

    def column(self, name: str) -> Column:
        """The column that fills the field ``name``. Raises KeyError where the registry has none."""
        for column in self.columns:
            if column.field == name:
                return column
        raise KeyError(name)


@cache
def declared() -> dict[str, Registry]:
    """The registries declared in ``schemas.registries``, key -> registry, the core ones first, then by key."""
    from schemas import registries as declarations

    found = [
        module.REGISTRY
        for info in pkgutil.iter_modules(declarations.__path__)
        if hasattr(module := importlib.import_module(f"schemas.registries.{info.name}"), "REGISTRY")
    ]
    return core_first({r.key: r for r in found})


def core_first(known: Mapping[str, Registry]) -> dict[str, Registry]:
    """The same registries, the core ones first, then by key."""
    return {r.key: r for r in sorted(known.values(), key=lambda r: (not r.core, r.key))}
