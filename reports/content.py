"""What goes into each list: the published tables read once, joined in DuckDB, then cut by township.

Invariant 6: a township's workbook holds that township's children only. ``township`` is the one whose officer sees a row;
it is null for what only the county may see. Inside a township's own rows, words about another township's child are
replaced (the ``_home`` columns are made for that).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from reports.lists import FINDINGS, LISTED, PAIRS
from schemas.registry import registries
from schemas.rules import RULES
from schemas.whereabouts import REASONS, WHEREABOUTS_NAME

SEVERITY = {"high": "高", "medium": "中", "low": "低"}

# Worst first: the child known to be out of school before the one that only a registry may have lost.
REASON_ORDER = (
    "dropped_out",
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
    "links": ("record_id_l", "record_id_r", "probability", "decision", "evidence_text"),
    "findings": None,
    "unaccounted": None,
}

_HOMES = """
create temp table homes as
select person_id, name, id_number, village, in_cohort, whereabouts, coalesce(responsible_township, township) as home
from persons
"""

_COHORT = """
create temp table cohort as
select home as township, whereabouts, count(*)::int as children
from homes where in_cohort group by all order by all
"""

# A record seen as one side of a pair, or as what a finding or a hint points to.
_SIDES = """
create temp table sides as
select r.record_id, r.name, coalesce(r.id_number, r.id_raw) as id, r.birthdate, r.guardian, r.school,
    coalesce(g.name, r.registry) as registry,
    nullif(concat(r.township, r.village), '') as place,
    concat_ws(' ', r.file, r.sheet, concat('第', r.row, '行')) as address,
    h.person_id, coalesce(h.in_cohort, false) as in_cohort, h.village,
    coalesce(h.home, r.township) as home,
    u.person_id is not null as listed
from records r
left join identities i using (record_id)
left join homes h using (person_id)
left join (select distinct person_id from unaccounted) u using (person_id)
left join registry_names g on g.code = r.registry
"""

_LISTED = """
create temp table listed as
select u.* replace (
        coalesce(h.home, u.township) as township,
        w.name as whereabouts,
        case when u.poverty then '是' when not u.poverty then '否' end as poverty
    ),
    n.name as reason_name,
    coalesce(c.home <> coalesce(h.home, u.township, ''), false) as candidate_elsewhere
from unaccounted u
left join homes h using (person_id)
left join sides c on c.record_id = u.candidate_record_id
join reasons n on n.code = u.reason
join whereabouts_names w on w.code = u.whereabouts
order by n.rank, township nulls last, u.village nulls last, u.name, u.person_id
"""

_PAIRS = """
create temp table pairs as
select
    -- One township on both sides, or on one while the other side has none: its officer may see the pair.
    case when coalesce(l.home, r.home) = coalesce(r.home, l.home) then coalesce(l.home, r.home) end as township,
    case when l.listed then l.village when r.listed then r.village when l.in_cohort then l.village else r.village end as village,
    case when k.probability >= 0.9 then '很可能' when k.probability >= 0.5 then '可能' else '存疑' end as likelihood,
    case when l.listed or r.listed then '是' else '否' end as listed,
    l.registry as registry_l, r.registry as registry_r, l.name as name_l, r.name as name_r, l.id as id_l, r.id as id_r,
    l.birthdate as birthdate_l, r.birthdate as birthdate_r, l.guardian as guardian_l, r.guardian as guardian_r,
    l.place as place_l, r.place as place_r, l.school as school_l, r.school as school_r,
    l.address as address_l, r.address as address_r, k.evidence_text, k.record_id_l, k.record_id_r
from links k
join sides l on l.record_id = k.record_id_l
join sides r on r.record_id = k.record_id_r
where k.decision = 'possible' and (l.in_cohort or r.in_cohort)
order by (l.listed or r.listed) desc, k.probability desc, k.record_id_l, k.record_id_r
"""

_FINDINGS = """
create temp table discrepancies as
select f.* replace (
        coalesce(h.home, f.township) as township,
        coalesce(ga.name, f.registry_a) as registry_a,
        coalesce(gb.name, f.registry_b) as registry_b
    ),
    h.village, h.name, h.id_number, u.name as rule_name, u.owner, u.advice, s.name as severity_name,
    coalesce(d.name, f.field) as field_name,
    coalesce(a.person_id is distinct from f.person_id and a.home <> coalesce(h.home, f.township, ''), false) as a_elsewhere,
    coalesce(b.person_id is distinct from f.person_id and b.home <> coalesce(h.home, f.township, ''), false) as b_elsewhere
from findings f
left join homes h using (person_id)
left join sides a on a.record_id = f.record_id_a
left join sides b on b.record_id = f.record_id_b
left join registry_names ga on ga.code = f.registry_a
left join registry_names gb on gb.code = f.registry_b
left join field_names d on d.code = f.field
join rule_names u on u.code = f.rule
join severities s on s.code = f.severity
where f.in_cohort
order by min(s.rank) over (partition by f.person_id), township nulls last, h.village nulls last, h.name nulls last,
    f.person_id, s.rank, f.rule, f.finding_id
"""

_LISTED_OF = """
select * replace (case when candidate_elsewhere then $elsewhere else candidate end as candidate)
from listed where township = $township
"""
_PAIRS_OF = "select * from pairs where township = $township"
_FINDINGS_OF = """
select * replace (
    case when a_elsewhere then $elsewhere else value_a end as value_a,
    case when b_elsewhere then $elsewhere else value_b end as value_b,
    case when a_elsewhere or b_elsewhere then $elsewhere else message end as message
) from discrepancies where township = $township
"""
_COHORT_OF = "select * from cohort where township = $township"

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
}


@dataclass(frozen=True, slots=True)
class Content:
    """What one workbook shows. ``lists``: a frame per title of ``reports.lists``, its rows in the order to be printed;
    ``cohort``: township, whereabouts, children."""

    lists: dict[str, pa.Table]
    cohort: pa.Table


class Tables:
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
        for statement in (_HOMES, _COHORT, _SIDES, _LISTED, _PAIRS, _FINDINGS):
            self._con.execute(statement)

    def county(self) -> Content:
        """Everything, the other side of a pair or finding included."""
        return Content(
            {
                LISTED.title: self._con.sql("select * from listed").to_arrow_table(),
                PAIRS.title: self._con.sql("select * from pairs").to_arrow_table(),
                FINDINGS.title: self._con.sql("select * from discrepancies").to_arrow_table(),
            },
            self._con.sql("select * from cohort").to_arrow_table(),
        )

    def township(self, name: str) -> Content:
        """The township's own children, and of the others nothing."""
        here = {"township": name}
        masked = here | {"elsewhere": _ELSEWHERE}
        return Content(
            {
                LISTED.title: self._con.sql(_LISTED_OF, params=masked).to_arrow_table(),
                PAIRS.title: self._con.sql(_PAIRS_OF, params=here).to_arrow_table(),
                FINDINGS.title: self._con.sql(_FINDINGS_OF, params=masked).to_arrow_table(),
            },
            self._con.sql(_COHORT_OF, params=here).to_arrow_table(),
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
        "field_names": frame(fields),
        "registry_names": frame({r.key: r.title for r in systems} | {"answers": "乡镇核查"}),
        "rule_names": pa.table(
            {
                "code": [r.code for r in RULES],
                "name": [r.name for r in RULES],
                "owner": [r.owner for r in RULES],
                "advice": [r.advice for r in RULES],
            }
        ),
    }
