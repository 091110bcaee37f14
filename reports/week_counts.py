"""The week of a township or of the county in figures: what the weekly report prints, counted from the published tables.

A case is counted once however often it came and went: before + opened + reopened = cleared + standing + held, to the child.
held: still open, and not on tonight's list, for a system that it rests on is missing.
"""

from collections import Counter, defaultdict
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from reports.areas import NOWHERE
from schemas.rules import RULE_GROUPS

_FOUR_WEEKS = 4

_READ = {
    "cases": ("case_id", "kind", "person_id", "rule", "township", "state", "weeks", "closed_by"),
    "changes": ("period", "event", "case_id"),
    "persons": ("person_id", "township", "responsible_township", "in_cohort", "poverty"),
    "unaccounted": ("person_id", "case_id", "township", "whereabouts", "poverty"),
    "findings": ("person_id", "case_id", "township", "rule", "severity", "in_cohort"),
}

_HOMES = """
create temp table homes as
select person_id, in_cohort, coalesce(poverty, false) as poverty, coalesce(responsible_township, township, $nowhere) as home from persons
"""

# What stands on the lists tonight. part: the whereabouts of a listed child, the group of a finding's rule; marked: of a
# registered-poor family, grave.
_STANDING = """
create temp table standing as
select 'list' as kind, u.case_id, coalesce(h.home, u.township, $nowhere) as home, u.whereabouts as part,
    coalesce(u.poverty, h.poverty, false) as marked
from unaccounted u left join homes h using (person_id)
union all
select 'finding', f.case_id, coalesce(h.home, f.township, $nowhere), g.part, g.grave
from findings f left join homes h using (person_id) join rule_groups g using (rule)
where f.in_cohort
"""

# Was a case open on Thursday? Its first coming or going since then tells; without one it is as it was.
_CASES = """
create temp table week_cases as
select c.kind, coalesce(h.home, c.township, $nowhere) as home, coalesce(s.part, g.part, c.rule) as part,
    coalesce(s.marked, g.grave, h.poverty, false) as marked,
    coalesce(e.event = 'closed', c.state <> 'closed') as before, e.event = 'opened' as opened, e.event = 'reopened' as reopened,
    c.state = 'closed' and e.event is not null as cleared,
    c.state <> 'closed' and s.case_id is null as held, s.case_id is not null as shown, c.weeks, c.state = 'answered' as answered,
    regexp_extract(c.closed_by, '^[^（ ，]+') as closed_by
from cases c
left join homes h using (person_id)
left join standing s using (case_id)
left join rule_groups g on c.kind = 'finding' and g.rule = c.rule
left join (
    select case_id, arg_min(event, place) as event from changes where period = 'week' and event <> 'answered' group by case_id
) e using (case_id)
where c.kind = 'list' or coalesce(h.in_cohort, true)
"""

_COUNTS = f"""
select home, kind, part, marked, count(*) filter (before) as before, count(*) filter (opened) as opened,
    count(*) filter (reopened) as reopened, count(*) filter (cleared) as cleared, count(*) filter (held) as held,
    count(*) filter (shown and weeks < 1) as under_a_week, count(*) filter (shown and weeks between 1 and {_FOUR_WEEKS - 1}) as under_four,
    count(*) filter (shown and weeks >= {_FOUR_WEEKS}) as four_and_more, count(*) filter (shown and answered) as answered, 0 as standing
from week_cases group by all
union all by name
select home, kind, part, marked, count(*) as standing from standing group by all
"""
_CLEARED = """
select home, closed_by, count(*) as cases from week_cases where kind = 'list' and cleared group by all
"""


class Week:
    """Counts of cases: before, opened, reopened, cleared, held, standing, by age and answered."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, bool], Counter[str]] = {}
        self.cleared_by: Counter[str] = Counter()

    def add(self, kind: str, part: str, marked: bool, counts: Counter[str]) -> None:
        self._counts.setdefault((kind, part, marked), Counter()).update(counts)

    def of(self, kind: str, part: str | None = None, *, marked: bool = False) -> Counter[str]:
        """The counts of ``kind`` (list, finding), of one whereabouts or group of rules if given; ``marked``: only of children
        of registered-poor families, only of grave findings."""
        parts = (counts for (k, p, m), counts in self._counts.items() if k == kind and part in (None, p) and m >= marked)
        return sum(parts, Counter())


def read_weeks(tables: Path) -> tuple[Week, dict[str, Week]]:
    """The week of the county and of each township that has any, of the run published in ``tables``."""
    county, townships = Week(), defaultdict[str, Week](Week)
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        for name, columns in _READ.items():
            table = pq.read_table(tables / f"{name}.parquet", columns=list(columns))
            # Published in the order of the log: two runs on one day may both have changed a case.
            con.register(name, table.append_column("place", pa.array(range(len(table)), pa.int64())))
        con.register("rule_groups", _rule_groups())
        for statement in (_HOMES, _STANDING, _CASES):
            con.execute(statement, {"nowhere": NOWHERE})
        counted = con.sql(_COUNTS)
        names = counted.columns[4:]
        for home, kind, part, marked, *numbers in counted.fetchall():
            counts = Counter({name: number for name, number in zip(names, numbers, strict=True) if number})
            for week in (county, townships[home]):
                week.add(kind, part, marked, counts)
        for home, by, cases in con.sql(_CLEARED).fetchall():
            for week in (county, townships[home]):
                week.cleared_by[by or "未注明"] += cases
    return county, townships


def _rule_groups() -> pa.Table:
    lines = [
        {"rule": rule.code, "part": part, "grave": rule.severity == "high"}
        for part, rules in RULE_GROUPS.items()
        for rule in rules
    ]
    return pa.Table.from_pylist(lines)
