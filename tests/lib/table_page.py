"""Makes docs/tables.md of the declaration of the published tables: ``python -m tests.lib.table_page``."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pyarrow as pa

from schemas.tables import DECLARED
from schemas.tables.cross_checks import CROSS_CHECKS
from schemas.tables.declaration import AS_OF, CodeSet, DeclaredColumn, DeclaredTable, Limit

PAGE = Path(__file__).resolve().parents[2] / "docs/tables.md"
_FEW = 12  # codes that are listed; of more, where they are declared

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
    listed = " ".join(f"`{value}`" for value in values) if len(values) <= _FEW else f"{len(values)} codes"
    return f"{listed} ({codes.where})" if codes.where else listed


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
