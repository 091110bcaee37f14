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
from schemas.rules import RULE
from schemas.tables import DECLARED
from schemas.tables.cross_checks import CROSS_CHECKS, CrossCheck
from schemas.tables.declare import AS_OF, Constraint, DeclaredTable, Kind
from schemas.whereabouts import LISTED
from schemas.words import UNKNOWN_TOWNSHIP, UNKNOWN_VILLAGE

_LOG = logging.getLogger(__name__)
_MOST_NAMED = 5  # breaches in a message; all of them are in the log


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a table of the run breaks: ``rule`` in Chinese, how many ``rows``; no value. ``what``: the constraint or cross check."""

    what: Constraint | CrossCheck
    rows: int

    def __str__(self) -> str:
        rule = self.what.chinese if isinstance(self.what, CrossCheck) else self.what.kind.value
        return f"数据表 {self.what.table} 的 {'、'.join(self.what.columns)}：{rule}（{self.rows:,} 行）"


class AuditFailed(Foreseen):
    """Tables of the run break their declaration; the message names them in Chinese. ``breaches``: all of them."""

    def __init__(self, breaches: list[Breach]) -> None:
        named = "；".join(str(breach) for breach in breaches[:_MOST_NAMED])
        more = f"；等 {len(breaches)} 处" if len(breaches) > _MOST_NAMED else ""
        super().__init__(f"数据表没有通过核验：{named}{more}。这是程序的问题，不是导出的问题；已有的结果未受影响，请把这段话告诉技术人员")
        self.breaches = breaches


def audit(run: Path, as_of: date, registries: Collection[str]) -> None:
    """Check every table in the folder ``run``, written for the day ``as_of``; ``registries``: the keys of the county's. Raises
    AuditFailed where one of them is missing or breaks a rule."""
    breaches = []
    with duckdb.connect() as con:
        prepare(con)
        whole = set()
        for name, table in DECLARED.items():
            path = run / f"{name}.parquet"
            broken = misfits(table, pq.read_schema(path) if path.exists() else pa.schema([]))
            if broken:
                breaches += [Breach(constraint, 0) for constraint in broken]
            else:
                con.read_parquet(str(path)).create_view(name)
                whole.add(name)
        for table in DECLARED.values():
            if table.name in whole:
                breaches += table_breaches(con, table, as_of, tuple(registries), whole)
        if whole == DECLARED.keys():  # a cross check reads several tables
            breaches += cross_breaches(con, as_of)
    if breaches:
        for breach in breaches:
            _LOG.error("%s", breach)
        raise AuditFailed(breaches)


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """The tables of codes that cross checks read."""
    con.execute("set enable_progress_bar = false")  # it would be printed among the results
    con.register("decision_codes", pa.table({"rule": [d.rule for d in DECISION_TABLE], "whereabouts": [d.code for d in DECISION_TABLE]}))
    con.register("listed_codes", pa.table({"code": list(LISTED)}))
    rules = [("list", code) for code in LISTED] + [("finding", rule) for rule in RULE]
    con.register("case_rules", pa.table({"kind": [kind for kind, _ in rules], "rule": [rule for _, rule in rules]}))


def misfits(table: DeclaredTable, written: pa.Schema) -> list[Constraint]:
    """The columns that a file with the schema ``written`` lacks or has of another type."""
    types = dict(zip(written.names, written.types, strict=True))
    return [c for c in table.constraints() if c.kind is Kind.TYPE and c.column and types.get(c.column.name) != c.column.type]


def table_breaches(
    con: duckdb.DuckDBPyConnection, table: DeclaredTable, as_of: date, registries: tuple[str, ...], present: Collection[str] = DECLARED
) -> Iterator[Breach]:
    """The rules that ``table``, a view of ``con``, breaks; types are taken as checked. ``present``: the tables that there are."""
    constraints = [c for c in table.constraints() if c.kind is not Kind.TYPE]
    of_columns = [(c, wrong) for c in constraints if (wrong := _wrong(c, as_of, registries))]
    if of_columns:
        counts = ", ".join(f"count(*) filter (where {wrong})" for _, wrong in of_columns)
        for (constraint, _), rows in zip(of_columns, _one_row(con, f"select {counts} from {table.name}"), strict=True):
            if rows:
                yield Breach(constraint, rows)
    for constraint in constraints:
        if constraint.kind is Kind.KEY or constraint.reference and constraint.reference.table in present:
            (rows,) = _one_row(con, _repeated(constraint) if constraint.kind is Kind.KEY else _unmatched(constraint))
            if rows:
                yield Breach(constraint, rows)


def cross_breaches(con: duckdb.DuckDBPyConnection, as_of: date) -> Iterator[Breach]:
    """The cross checks that the tables, views of ``con``, do not pass."""
    parameters = {"as_of": as_of, "unknown_township": UNKNOWN_TOWNSHIP, "unknown_village": UNKNOWN_VILLAGE}
    for check in CROSS_CHECKS:
        (rows,) = _one_row(con, check.statement, {name: value for name, value in parameters.items() if f"${name}" in check.statement})
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
        case Kind.NOT_NULL:
            return f"{name} is null"
        case Kind.CODES if column.codes:
            allowed = ", ".join(_quoted(code) for code in column.codes.allowed(registries))
            if not column.several:
                return f"{name} not in ({allowed})"
            return f"len(list_filter(string_split({name}, ','), lambda code: code not in ({allowed}))) > 0"
        case Kind.PATTERN if column.pattern:
            return f"not regexp_full_match({name}, {_quoted(column.pattern)})"
        case Kind.RANGE:
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


def _repeated(constraint: Constraint) -> str:
    """How many rows share their key with another."""
    key = _columns(constraint.columns)
    return f"select coalesce(sum(rows), 0)::bigint from (select count(*) as rows from {constraint.table} group by {key} having count(*) > 1)"


def _unmatched(constraint: Constraint) -> str:
    """How many rows refer to a row that is not there."""
    reference = constraint.reference
    assert reference is not None
    same = " and ".join(f't."{column}" = r."{to}"' for column, to in zip(reference.columns, reference.to, strict=True))
    given = " and ".join(f't."{column}" is not null' for column in reference.columns)
    return f"select count(*) from {constraint.table} t anti join {reference.table} r on {same} where {given}"
