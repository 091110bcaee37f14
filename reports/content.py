"""What goes into each list: the published tables read once, joined in DuckDB, then cut by township.

Invariant 6: a township's workbook holds that township's children only. ``township`` is the one whose officer sees a row;
it is null for what only the county may see. Inside a township's own rows, words about another township's child are
replaced (the ``_elsewhere`` columns are made for that).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from reports.listings import CHANGES_SHEET, CHILDREN_SHEET, FINDINGS_SHEET, PAIRS_SHEET
from reports.views import CHANGES_OF, COHORT_OF, FINDINGS_OF, LISTED_OF, PAIRS_OF, VIEWS
from schemas.registry import registries
from schemas.rules import DIFFERENCE_NAME, RULES
from schemas.whereabouts import REASONS, WHEREABOUTS_NAME
from schemas.words import CASE_KIND_NAME, EVENT_NAME

SEVERITY = {"high": "高", "medium": "中", "low": "低"}

# Worst first: the child known to be out of school before the one that only a registry may have lost.
REASON_ORDER = (
    "dropped_out",
    "dropped_out_verified",
    "severe_disability",
    "not_promoted",
    "no_student_record",
    "record_ended",
    "outside_system",
    "key_damaged",
)

_ELSEWHERE = "（涉及外乡镇儿童，请联系县教育局核对）"

_READ = {
    "records": (
        "record_id",
        "registry",
        "file",
        "sheet",
        "row",
        "name",
        "id_number",
        "id_raw",
        "birthdate",
        "township",
        "village",
        "guardian",
        "school",
    ),
    "identities": ("record_id", "person_id"),
    "persons": ("person_id", "name", "id_number", "township", "village", "in_cohort", "whereabouts", "responsible_township"),
    "links": ("record_id_l", "record_id_r", "probability", "decision", "evidence_text", "answer"),
    "findings": None,
    "unaccounted": None,
    "cases": ("case_id", "weeks", "answer"),
    "changes": None,
    "case_log": ("entry", "case_id", "kind", "content"),
}

# (table, column) -> its codes that schemas does not know.
_UNKNOWN = {
    ("unaccounted", "reason"): "select distinct reason from unaccounted anti join reasons on code = reason",
    (
        "unaccounted",
        "whereabouts",
    ): "select distinct whereabouts from unaccounted anti join whereabouts_names on code = whereabouts",
    (
        "persons",
        "whereabouts",
    ): "select distinct whereabouts from persons anti join whereabouts_names on code = whereabouts where in_cohort",
    ("findings", "rule"): "select distinct rule from findings anti join rule_names on code = rule where in_cohort",
    ("findings", "severity"): "select distinct severity from findings anti join severities on code = severity where in_cohort",
    ("changes", "event"): "select distinct event from changes anti join event_names on code = event",
    ("changes", "kind"): "select distinct kind from changes anti join case_kinds on code = kind",
}


@dataclass(frozen=True, slots=True)
class Content:
    """What one workbook shows. ``lists``: a frame per title of ``reports.listings``, its rows in the order to be printed;
    ``cohort``: township, whereabouts, children."""

    lists: dict[str, pa.Table]
    cohort: pa.Table


class SheetTables:
    """The published tables in the folder ``tables``, joined and ordered.

    Raises ValueError where a table carries a code that ``schemas`` does not know: a list must not lose rows silently.
    """

    def __init__(self, tables: Path) -> None:
        self._con = duckdb.connect()
        self._con.execute("set enable_progress_bar = false")
        for name, columns in _READ.items():
            self._con.register(name, pq.read_table(tables / f"{name}.parquet", columns=columns and list(columns)))
        for name, frame in _names().items():
            self._con.register(name, frame)
        for (table, column), unknown in _UNKNOWN.items():
            if codes := self._con.sql(unknown).fetchall():
                raise ValueError(f"{table}.{column}: codes unknown to schemas: {sorted(str(code) for (code,) in codes)}")
        for statement in VIEWS:
            self._con.execute(statement)

    def county(self) -> Content:
        """Everything, the other side of a pair or finding included."""
        return Content(
            {
                CHILDREN_SHEET.title: self._con.sql("select * from listed").to_arrow_table(),
                PAIRS_SHEET.title: self._con.sql("select * from pairs").to_arrow_table(),
                FINDINGS_SHEET.title: self._con.sql("select * from discrepancies").to_arrow_table(),
                CHANGES_SHEET.title: self._con.sql("select * from events").to_arrow_table(),
            },
            self._con.sql("select * from cohort").to_arrow_table(),
        )

    def township(self, name: str) -> Content:
        """The township's own children, and of the others nothing."""
        here = {"township": name}
        masked = here | {"elsewhere": _ELSEWHERE}
        return Content(
            {
                CHILDREN_SHEET.title: self._con.sql(LISTED_OF, params=masked).to_arrow_table(),
                PAIRS_SHEET.title: self._con.sql(PAIRS_OF, params=here).to_arrow_table(),
                FINDINGS_SHEET.title: self._con.sql(FINDINGS_OF, params=masked).to_arrow_table(),
                CHANGES_SHEET.title: self._con.sql(CHANGES_OF, params=here).to_arrow_table(),
            },
            self._con.sql(COHORT_OF, params=here).to_arrow_table(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._con.close()


def _names() -> dict[str, pa.Table]:
    """Code -> Chinese, a frame per kind of code: code, name and, where an order matters, rank."""

    def frame(names: dict[str, str]) -> pa.Table:
        return pa.table({"code": list(names), "name": list(names.values()), "rank": list(range(len(names)))})

    systems = registries().values()
    # The core registries come first: their standard heading names a field.
    fields = {c.field: c.headings[0] for r in reversed(systems) for c in r.columns}
    return {
        "reasons": frame({code: REASONS[code] for code in REASON_ORDER}),
        "whereabouts_names": frame(WHEREABOUTS_NAME),
        "severities": frame(SEVERITY),
        "kind_names": frame(DIFFERENCE_NAME),
        "case_kinds": frame(CASE_KIND_NAME),
        "event_names": frame(EVENT_NAME),
        "field_names": frame(fields),
        "registry_names": pa.table(
            {
                "code": [*(r.key for r in systems), "answers"],
                "name": [*(r.title for r in systems), "乡镇核查"],
                "keeper": [*(r.owner for r in systems), "乡镇"],
            }
        ),
        "rule_names": pa.table(
            {
                "code": [r.code for r in RULES],
                "name": [r.name for r in RULES],
                "owner": [r.owner for r in RULES],
                "advice": [r.advice for r in RULES],
            }
        ),
    }
