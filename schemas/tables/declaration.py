"""What the declaration of a published table consists of: its columns, their types and rules, and what each means.

``DeclaredTable.constraints`` lists every rule one by one. The audit, the pandera schemas, the page of the docs and the tests all go by
that list, so that a rule which is declared is also checked, described and tested.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

import pyarrow as pa

AS_OF: Literal["as_of"] = "as_of"  # as a limit of a range: the day that the run is for
Limit = int | float | date | Literal["as_of"]

_TEXT, _DAY, _WHOLE, _REAL, _FLAG = pa.string(), pa.date32(), pa.int32(), pa.float64(), pa.bool_()


class RuleKind(StrEnum):
    """The kinds of rules, in the order in which breaches are reported. The value is the rule in Chinese, as the audit words it."""

    TYPE = "列不存在或类型不符"
    NOT_NULL = "不得为空"
    CODES = "不在代码表之内"
    PATTERN = "写法不符"
    RANGE = "超出范围"
    KEY = "主键重复"
    REFERENCE = "所指的行不存在"


@dataclass(frozen=True, slots=True)
class CodeSet:
    """The values that a column of codes may have. ``where``: the declaration they are taken from. ``values`` is None where the run
    decides: the registries of the county. ``also``: values beside those."""

    name: str
    where: str
    values: tuple[str, ...] | None
    also: tuple[str, ...] = ()

    def allowed(self, registries: tuple[str, ...]) -> tuple[str, ...]:
        """The values, given the keys of the county's ``registries``."""
        return (*(registries if self.values is None else self.values), *self.also)


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: where none of ``columns`` is null, a row of ``table`` has the same values in ``to``."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredColumn:
    """One column. ``english``, ``chinese``: what it means, its unit among it. ``required``: never null. ``codes``: the values it may
    have; ``several``: it holds several of them, comma-joined. ``pattern``: a regular expression that the whole value fits. ``least``
    and ``most``: the range, both ends included. ``refers``: ``table.column``, a foreign key."""

    name: str
    type: pa.DataType
    english: str
    chinese: str
    required: bool = False
    codes: CodeSet | None = None
    several: bool = False
    pattern: str | None = None
    least: Limit | None = None
    most: Limit | None = None
    refers: str | None = None

    def __post_init__(self) -> None:
        if self.pattern:
            re.compile(self.pattern)


@dataclass(frozen=True, slots=True)
class Constraint:
    """One rule of one table. ``columns``: those it is about; ``codes``, ``pattern``, ``least``, ``most`` and ``reference`` as its kind
    needs."""

    table: str
    kind: RuleKind
    columns: tuple[str, ...]
    column: DeclaredColumn | None = None
    reference: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredTable:
    """One published table, the file ``name.parquet``. ``english``, ``chinese``: what one row is; ``key``: the columns that are unique
    together, null counting as a value; empty where rows may repeat. ``references``: foreign keys of several columns."""

    name: str
    english: str
    chinese: str
    columns: tuple[DeclaredColumn, ...]
    key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def schema(self) -> pa.Schema:
        """Names and types of the columns, in order."""
        return pa.schema([(column.name, column.type) for column in self.columns])

    def constraints(self) -> Iterator[Constraint]:
        """Every rule of the table."""
        for column in self.columns:
            for kind, declared in (
                (RuleKind.TYPE, True), (RuleKind.NOT_NULL, column.required), (RuleKind.CODES, column.codes), (RuleKind.PATTERN, column.pattern),
                (RuleKind.RANGE, column.least is not None or column.most is not None),
            ):
                if declared:
                    yield Constraint(self.name, kind, (column.name,), column)
        if self.key:
            yield Constraint(self.name, RuleKind.KEY, self.key)
        for column in self.columns:
            if column.refers:
                table, _, to = column.refers.partition(".")
                yield Constraint(self.name, RuleKind.REFERENCE, (column.name,), column, Reference((column.name,), table, (to,)))
        for reference in self.references:
            yield Constraint(self.name, RuleKind.REFERENCE, reference.columns, None, reference)


def text(
    name: str, english: str, chinese: str, *, required: bool = False, codes: CodeSet | None = None, several: bool = False,
    pattern: str | None = None, refers: str | None = None,
) -> DeclaredColumn:
    """A column of texts."""
    return DeclaredColumn(
        name=name, type=_TEXT, english=english, chinese=chinese, required=required, codes=codes, several=several, pattern=pattern,
        refers=refers,
    )


def day(name: str, english: str, chinese: str, *, required: bool = False, least: Limit | None = None, most: Limit | None = None) -> DeclaredColumn:
    """A column of days."""
    return DeclaredColumn(name=name, type=_DAY, english=english, chinese=chinese, required=required, least=least, most=most)


def whole(name: str, english: str, chinese: str, *, required: bool = False, least: Limit | None = None, most: Limit | None = None) -> DeclaredColumn:
    """A column of whole numbers."""
    return DeclaredColumn(name=name, type=_WHOLE, english=english, chinese=chinese, required=required, least=least, most=most)


def real(name: str, english: str, chinese: str, *, required: bool = False, least: Limit | None = None, most: Limit | None = None) -> DeclaredColumn:
    """A column of real numbers."""
    return DeclaredColumn(name=name, type=_REAL, english=english, chinese=chinese, required=required, least=least, most=most)


def flag(name: str, english: str, chinese: str, *, required: bool = False) -> DeclaredColumn:
    """A column of true and false."""
    return DeclaredColumn(name=name, type=_FLAG, english=english, chinese=chinese, required=required)
