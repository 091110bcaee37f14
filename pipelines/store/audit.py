"""The audit: before a run is published, every table as written is checked against its declaration, and the tables against one another.

The checks are SQL over the Parquet files, made of ``schemas.tables``; a statement counts rows that are wrong, and no value of a cell
leaves it. Of a table one statement checks all single columns; keys, references and cross checks are a statement each.
"""

import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.guard import Foreseen
from schemas.decisions import DECISION_TABLE
from schemas.memory_database import memory_database
from schemas.rules import RULE
from schemas.settings import Settings
from schemas.tables import DECLARED
from schemas.tables.cross_checks import CROSS_CHECKS, CrossCheck
from schemas.tables.declaration import AS_OF, Constraint, DeclaredTable, RuleKind
from schemas.whereabouts import LISTED
from schemas.words import UNKNOWN_TOWNSHIP, UNKNOWN_VILLAGE

_LOG = logging.getLogger(__name__)
_MOST_NAMED = 5  # breaches in a message; all of them are in the log


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a table of the run breaks: ``rule`` in Chinese, how many ``rows``; no value. ``what``: the constraint or cross check."""

    what: Constraint | CrossCheck
    rows: int | None = None  # None where a column as a whole is wrong

    def __str__(self) -> str:
        rule = self.what.chinese if isinstance(self.what, CrossCheck) else self.what.kind.value
        rows = "" if self.rows is None else f"（{self.rows:,} 行）"
        return f"数据表 {self.what.table} 的 {'、'.join(self.what.columns)}：{rule}{rows}"


class AuditFailed(Foreseen):
    """Tables of the run break their declaration; the message names them in Chinese. ``breaches``: all of them."""

    def __init__(self, breaches: list[Breach]) -> None:
        named = "；".join(str(breach) for breach in breaches[:_MOST_NAMED])
        more = f"；等 {len(breaches)} 处" if len(breaches) > _MOST_NAMED else ""
        super().__init__(
            f"数据表没有通过核验：{named}{more}。这是程序的问题，不是导出的问题；已有的结果未受影响，请把这段话告诉技术人员"
        )
        self.breaches = breaches


def audit(run: Path, as_of: date, settings: Settings, spill: Path | None = None) -> None:
    """Check every table in the folder ``run``, written for the day ``as_of``; ``settings``: the county's;
    ``spill``: as for ``memory_database``. Raises AuditFailed where a table is missing or breaks a rule."""
    breaches: list[Breach] = []
    with memory_database(spill) as con:
        prepare(con, settings.divisions.township_names)
        present: list[DeclaredTable] = []
        for name, table in DECLARED.items():
            path = run / f"{name}.parquet"
            if broken := misfits(table, _written(path)):
                breaches += [Breach(constraint) for constraint in broken]
            else:
                con.read_parquet(str(path)).create_view(name)
                present.append(table)
        breaches += declared_breaches(con, present, as_of, tuple(settings.registries))
        if not breaches:  # a cross check reads several tables, and takes their columns as declared
            breaches += cross_breaches(con, as_of)
    if breaches:
        for breach in breaches:
            _LOG.error("%s", breach)
        raise AuditFailed(breaches)


def _written(path: Path) -> pa.Schema:
    """The columns of a file; none where it is not there or cut short."""
    try:
        return pq.read_schema(path)
    except (FileNotFoundError, pa.ArrowInvalid):
        return pa.schema([])


def prepare(con: duckdb.DuckDBPyConnection, townships: Collection[str]) -> None:
    """The tables that cross checks read beside the published ones: codes, and the county's ``townships``."""
    con.register("county_townships", pa.table({"township": pa.array(townships, pa.string())}))
    con.register(
        "decision_codes", pa.table({"rule": [d.rule for d in DECISION_TABLE], "whereabouts": [d.code for d in DECISION_TABLE]})
    )
    con.register("listed_codes", pa.table({"code": list(LISTED)}))
    rules = [("list", code) for code in LISTED] + [("finding", rule) for rule in RULE]
    con.register("case_rules", pa.table({"kind": [kind for kind, _ in rules], "rule": [rule for _, rule in rules]}))


def misfits(table: DeclaredTable, written: pa.Schema) -> list[Constraint]:
    """The columns that a file with the schema ``written`` lacks or has of another type."""
    types = dict(zip(written.names, written.types, strict=True))
    return [c for c in table.constraints() if c.kind is RuleKind.TYPE and c.column and types.get(c.column.name) != c.column.type]


def declared_breaches(
    con: duckdb.DuckDBPyConnection, tables: Collection[DeclaredTable], as_of: date, registries: tuple[str, ...]
) -> Iterator[Breach]:
    """The rules that ``tables``, views of ``con``, break; their types are taken as checked. References to a table that ``con`` does
    not have are left out."""
    for table in tables:
        yield from _column_breaches(con, table, as_of, registries)
        if table.key:
            (rows,) = _one_row(con, _repeated(table))
            if rows:
                yield Breach(next(c for c in table.constraints() if c.kind is RuleKind.KEY), rows)
    known = {name for (name,) in con.execute("show tables").fetchall()}
    by_target: dict[tuple[str, tuple[str, ...]], list[Constraint]] = {}
    for constraint in (c for table in tables for c in table.constraints()):
        if constraint.reference and constraint.reference.table in known:
            by_target.setdefault((constraint.reference.table, constraint.reference.to), []).append(constraint)
    for (target, to), constraints in by_target.items():
        for number, rows in con.execute(_unmatched(constraints, target, to)).fetchall():
            yield Breach(constraints[number], rows)


def _column_breaches(
    con: duckdb.DuckDBPyConnection, table: DeclaredTable, as_of: date, registries: tuple[str, ...]
) -> Iterator[Breach]:
    """Nulls, codes, patterns and ranges. The first question is whether any row breaks any of them: it needs no count for each."""
    wrong = {c: condition for c in table.constraints() if (condition := _wrong(c, as_of, registries))}
    any_wrong = " or ".join(f"({condition})" for condition in wrong.values())
    if not wrong or _one_row(con, f"select count(*) from {table.name} where {any_wrong}") == (0,):
        return
    counts = ", ".join(f"count(*) filter (where {condition})" for condition in wrong.values())
    for constraint, rows in zip(wrong, _one_row(con, f"select {counts} from {table.name}"), strict=True):
        if rows:
            yield Breach(constraint, rows)


def cross_breaches(con: duckdb.DuckDBPyConnection, as_of: date) -> Iterator[Breach]:
    """The cross checks that the tables, views of ``con``, do not pass."""
    parameters = {"as_of": as_of, "unknown_township": UNKNOWN_TOWNSHIP, "unknown_village": UNKNOWN_VILLAGE}
    for check in CROSS_CHECKS:
        (rows,) = _one_row(
            con, check.statement, {name: value for name, value in parameters.items() if f"${name}" in check.statement}
        )
        if rows:
            yield Breach(check, int(rows))


def _one_row(con: duckdb.DuckDBPyConnection, statement: str, parameters: Mapping[str, object] | None = None) -> tuple:
    return con.execute(statement, parameters or {}).fetchall()[0]


def _wrong(constraint: Constraint, as_of: date, registries: tuple[str, ...]) -> str | None:
    """The condition under which a row breaks a rule of one column; None for a rule of another kind. A null breaks NOT_NULL alone."""
    column = constraint.column
    if column is None:
        return None
    name = f'"{column.name}"'
    match constraint.kind:
        case RuleKind.NOT_NULL:
            return f"{name} is null"
        case RuleKind.CODES if column.codes:
            allowed = ", ".join(_quoted(code) for code in column.codes.allowed(registries))
            if not column.several:
                return f"{name} not in ({allowed})"
            return f"len(list_filter(string_split({name}, ','), lambda code: code not in ({allowed}))) > 0"
        case RuleKind.PATTERN if column.pattern:
            return f"not regexp_full_match({name}, {_quoted(column.pattern)})"
        case RuleKind.RANGE:
            limits = (("<", column.least), (">", column.most))
            return " or ".join(f"{name} {sign} {_limit(limit, as_of)}" for sign, limit in limits if limit is not None)
    return None


def _limit(limit: object, as_of: date) -> str:
    day = as_of if limit == AS_OF else limit
    return f"date '{day.isoformat()}'" if isinstance(day, date) else str(day)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _columns(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _repeated(table: DeclaredTable) -> str:
    """How many rows share their key with another."""
    groups = f"select count(*) as rows from {table.name} group by {_columns(table.key)} having count(*) > 1"
    return f"select coalesce(sum(rows), 0)::bigint from ({groups})"


def _unmatched(constraints: list[Constraint], target: str, to: tuple[str, ...]) -> str:
    """For each of the ``constraints``, by its number, how many rows refer to a row that ``target`` does not have; only where some do.
    One statement for all, because most of its cost is to look up the columns ``to`` of the target."""
    referring = " union all ".join(
        f"select {number} as number, "
        + ", ".join(f'"{column}" as key{place}' for place, column in enumerate(constraint.columns))
        + f" from {constraint.table} where "
        + " and ".join(f'"{column}" is not null' for column in constraint.columns)
        for number, constraint in enumerate(constraints)
    )
    same = " and ".join(f'r.key{place} = t."{column}"' for place, column in enumerate(to))
    return f"select number, count(*) from ({referring}) r anti join {target} t on {same} group by number order by number"
