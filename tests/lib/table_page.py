"""Makes docs/tables.md of the declaration of the published tables: ``python -m tests.lib.table_page``."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa

from schemas.checks import CHECK
from schemas.codes import ID_STATUS_NAME, STUDENT_STATE_NAME
from schemas.decisions import DECISION_TABLE
from schemas.indicators import INDICATOR
from schemas.rules import DIFFERENCE_NAME, RULE
from schemas.tables import DECLARED
from schemas.tables.cross_checks import CROSS_CHECKS
from schemas.tables.declaration import AS_OF, CodeSet, DeclaredColumn, DeclaredTable, Limit
from schemas.words import BASIS_NAME, REPAIR_NAME

PAGE = Path(__file__).resolve().parents[2] / "docs/tables.md"
_FEW = 12  # codes that are listed in the cell; of more there is a list below the tables

_WITH_CHECKS = ("notice_rules", "quarantine_rules")  # sets that hold the codes of checks and more
_MEANINGS: dict[str, Mapping[str, str]] = {
    "bases": BASIS_NAME,
    "checks": {code: check.problem for code, check in CHECK.items()},
    "differences": DIFFERENCE_NAME,
    "id_status": ID_STATUS_NAME,
    "indicators": {code: indicator.name for code, indicator in INDICATOR.items()},
    "persons_student_state": STUDENT_STATE_NAME,
    "repairs": REPAIR_NAME,
    "rules": {code: rule.name for code, rule in RULE.items()},
    "whereabouts_rules": {row.rule: row.words for row in DECISION_TABLE},
}

_TYPES = {pa.string(): "text", pa.date32(): "date", pa.int32(): "integer", pa.float64(): "real", pa.bool_(): "true or false"}

_HEAD = """# Published tables

This page is made by `python -m tests.lib.table_page` from [schemas/tables](../schemas/tables): one declaration of every table and column in
`DIR/curated/current/*.parquet`. `bidui.tables(DIR)` shows the same meanings as comments of its views
(`select column_name, comment from duckdb_columns() where table_name = 'persons'`).

Before a run is published, the step `audit` ([pipelines/store/audit.py](../pipelines/store/audit.py)) reads every table as it was written and
checks columns and types, nulls, codes, patterns, ranges, unique keys, references, and [the sums between tables](#between-the-tables). Where one
rule is broken, nothing is published, the command ends with status 2, and the message names table, columns, rule and number of rows, never a
value. At intake the accepted rows of each sheet are checked against the declaration of `records` by pandera
([schemas/tables/frames.py](../schemas/tables/frames.py)); a sheet that breaks it is refused (`not_as_declared`).

The audit is SQL on DuckDB and not pandera, because both have to fit into 3 % of a run. For the 22 tables of a county of 306,426 rows, in CPU
seconds on one machine, where the run takes 60: SQL with everything 1.6; pandera 1.0 for columns and keys alone, after 1.3 for reading the tables
into frames, all of it on one core, and references and sums would still be SQL. pandera at intake costs 0.2. Both are made of one list of rules
(`DeclaredTable.constraints`), and `tests/night/test_audit.py` breaks each rule of that list once and expects both to find it (references and sums: the
audit alone).

Registries are those of `schemas/registries` and of the county's `county.toml`. “Day of the run” is the as-of day.
"""


def page() -> str:
    """The page, as Markdown."""
    tables = "\n".join(f"| [`{t.name}`](#{t.name}) | {_cell(t.english)} | {_cell(t.chinese)} |" for t in DECLARED.values())
    checks = "\n".join(
        f"| `{c.name}` | `{c.table}` | {_code(c.columns)} | {_cell(c.english)} | {_cell(c.chinese)} |" for c in CROSS_CHECKS
    )
    parts = [
        _HEAD,
        f"| table | one row | 每行 |\n| --- | --- | --- |\n{tables}",
        *(_section(table) for table in DECLARED.values()),
        _code_lists(),
        "## Between the tables\n\nFrom [cross_checks.py](../schemas/tables/cross_checks.py); each is a statement that counts the rows that are wrong.",
        f"| check | table | columns | must hold | 应有 |\n| --- | --- | --- | --- | --- |\n{checks}",
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _section(table: DeclaredTable) -> str:
    rows = "\n".join(
        f"| `{c.name}` | {_TYPES[c.type]} | {_cell('; '.join(_rules(c)))} | {_cell(c.english)} | {_cell(c.chinese)} |"
        for c in table.columns
    )
    key = f"Key: {_code(table.key)}." if table.key else "No key: rows may repeat."
    references = "".join(f" {_code(r.columns)} → `{r.table}`." for r in table.references)
    return (
        f"## {table.name}\n\n{table.english} {table.chinese}。\n\n{key}{references}\n\n"
        f"| column | type | rules | meaning | 含义 |\n| --- | --- | --- | --- | --- |\n{rows}"
    )


def _rules(column: DeclaredColumn) -> Iterable[str]:
    if column.required:
        yield "not null"
    if column.codes:
        yield ("comma-joined, each " if column.several else "") + _codes(column.codes)
    if column.pattern:
        yield f"`{column.pattern}`"
    if column.least is not None and column.least == column.most:
        yield f"is {_limit(column.least)}"
    else:
        if column.least is not None:
            yield f"from {_limit(column.least)}"
        if column.most is not None:
            yield f"to {_limit(column.most)}"
    if column.refers:
        yield f"→ `{column.refers}`"


def _codes(codes: CodeSet) -> str:
    if codes.values is None:
        return "a registry" + "".join(f", `{value}`" if value else ", empty" for value in codes.also)
    values = codes.allowed(())
    listed = " ".join(f"`{value}`" for value in values) if not _is_long(codes) else f"[{len(values)} codes](#codes-{codes.name})"
    return f"{listed} ({codes.where})" if codes.where else listed


def _code_lists() -> str:
    """The codes of the sets that are too long for a cell, each with its Chinese."""
    sets = {c.codes.name: c.codes for table in DECLARED.values() for c in table.columns if c.codes and _is_long(c.codes)}
    parts = [
        "## Codes\n\nThe codes of the columns above that have more than a few. The Chinese is what is printed for them; "
        "{} stands for a system, a number or a rule."
    ]
    for name, codes in sorted(sets.items()):
        meanings = _MEANINGS.get(name, {})
        own = [code for code in codes.allowed(()) if name not in _WITH_CHECKS or code not in CHECK]
        rows = "\n".join(f"| `{code}` | {_cell(meanings.get(code, '见同一行的 message'))} |" for code in own)
        checks = " The codes of [checks](#codes-checks), and:" if name in _WITH_CHECKS else ""
        parts.append(f"### Codes: {name}\n\nDeclared in {codes.where}.{checks}\n\n| code | 含义 |\n| --- | --- |\n{rows}")
    return "\n\n".join(parts)


def _is_long(codes: CodeSet) -> bool:
    return codes.values is not None and len(codes.allowed(())) > _FEW


def _limit(limit: Limit) -> str:
    if limit == AS_OF:
        return "the day of the run"
    return limit.isoformat() if isinstance(limit, date) else str(limit)


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
