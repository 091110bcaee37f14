"""What a registry's export looks like: the vocabulary in which the files beside this one are written.

A registry is one module of ``schemas.registries`` that defines ``REGISTRY``; nothing else has to be told about it.
"""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Literal

ColumnKind = Literal[
    "text", "name", "id", "key", "student_number", "date", "month", "code", "township", "village",
    "address", "division", "phone", "amount", "certificate",
]
Role = Literal["student", "household", "poverty", "disability", "aid"]
Level = Literal["refuse", "report", "off"]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column of an export.

    ``field`` is the record's field it fills (``schemas.tables.RECORDS``); ``headings`` are its known spellings, the
    standard one first; ``codes`` maps the values a system writes, by number and by name, to this project's code.
    """

    field: str
    headings: tuple[str, ...]
    kind: ColumnKind = "text"
    required: bool = False
    codes: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Registry:
    """One system's export.

    ``role`` says what a record of it is evidence of; reconciliation asks for roles, never for a registry by name.
    ``source_key`` names the fields by which the system itself tells its rows apart; ``signature`` the fields that,
    found together in a heading row, give the registry away; ``one_of`` groups of fields of which an export must have one;
    ``ignored`` headings that are known and not used.
    ``stage``: the school stage of all its records, where they do not say;
    ``levels``: where this registry's rows are held to another level of a check than ``schemas.checks`` gives it.
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
    stage: str | None = None

    def column(self, name: str) -> Column:
        """The column that fills the field ``name``; KeyError where the registry has none."""
        for column in self.columns:
            if column.field == name:
                return column
        raise KeyError(name)


@cache
def declared() -> dict[str, Registry]:
    """All registries declared in this package by key, the core ones first, then by name."""
    from schemas import registries as declarations

    found = [
        module.REGISTRY
        for info in pkgutil.iter_modules(declarations.__path__)
        if hasattr(module := importlib.import_module(f"schemas.registries.{info.name}"), "REGISTRY")
    ]
    return in_order({r.key: r for r in found})


def in_order(known: Mapping[str, Registry]) -> dict[str, Registry]:
    """The core ones first, then by name."""
    return {r.key: r for r in sorted(known.values(), key=lambda r: (not r.core, r.key))}


_IN_FORCE: ContextVar[dict[str, Registry] | None] = ContextVar("registries", default=None)


def registries() -> dict[str, Registry]:
    """The registries in force: the declared ones, or what a county has made of them (``schemas.settings``)."""
    return _IN_FORCE.get() or declared()


@contextmanager
def using_registries(known: dict[str, Registry]) -> Iterator[None]:
    """Within it ``registries`` gives these."""
    before = _IN_FORCE.set(known)
    try:
        yield
    finally:
        _IN_FORCE.reset(before)
