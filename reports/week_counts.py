"""The week of a township or of the county in figures: what the weekly report prints, counted from the published tables.

Each case is counted once: before + opened + reopened = cleared + now_open + held. now_open: on tonight's lists. held: still open, but
not on tonight's lists, because the registry that it rests on is missing tonight.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa

from reports.areas import NOWHERE
from reports.run_tables import read_columns, with_relations
from schemas.rules import RULE_GROUPS
from schemas.whereabouts import WHEREABOUTS_NAME
from schemas.words import CLOSED_REASON_NAME, closed_reason_name

_READ = {
    "cases": (
        "case_id",
        "kind",
        "person_id",
        "rule",
        "township",
        "state",
        "weeks",
        "closed_by",
        "closed_reason",
        "closed_whereabouts",
    ),
    "changes": ("period", "event", "case_id"),
    "persons": ("person_id", "township", "responsible_township", "in_cohort", "poverty"),
    "unaccounted": ("person_id", "case_id", "township", "whereabouts", "poverty"),
    "findings": ("person_id", "case_id", "township", "rule", "severity", "in_cohort"),
}


class Week:
    """Counts of cases: before, opened, reopened, cleared, held, now_open, by age and answered."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, bool], Counter[str]] = {}
        self.cleared_by: Counter[str] = Counter()

    def add(self, kind: str, part: str, marked: bool, counts: Counter[str]) -> None:
        """Add counts to those of ``kind``, ``part`` and ``marked`` (as in ``of``)."""
        self._counts.setdefault((kind, part, marked), Counter()).update(counts)

    def of(self, kind: str, part: str | None = None, *, marked: bool = False) -> Counter[str]:
        """The counts of ``kind`` (list, finding), of one whereabouts or group of rules if given; ``marked``: only of children
        of registered-poor families, only of grave findings."""
        parts = (counts for (k, p, m), counts in self._counts.items() if k == kind and part in (None, p) and m >= marked)
        return sum(parts, Counter())


def read_weeks(tables: Path, known_townships: Collection[str]) -> tuple[Week, dict[str, Week]]:
    """The week of the county and of each township that has any, of the run published in ``tables``. What is of no township of
    ``known_townships`` is of ``NOWHERE``."""
    county, townships = Week(), defaultdict[str, Week](Week)
    # Published in the order of the log: two runs on one day may both have changed a case.
    known = {
        name: table.append_column("position", pa.array(range(len(table)), pa.int64()))
        for name, table in read_columns(tables, _READ).items()
    }
    known |= {"rule_groups": _rule_groups(), "closed_as": _closed_as()}
    with with_relations("week", known, {"nowhere": NOWHERE}, tables) as con:
        counted = con.table("week_counts")
        names = counted.columns[4:]
        for home, kind, part, marked, *numbers in counted.fetchall():
            counts = Counter({name: number for name, number in zip(names, numbers, strict=True) if number})
            for week in (county, townships[home if home in known_townships else NOWHERE]):
                week.add(kind, part, marked, counts)
        for home, cleared_as, cases in con.table("cleared_cases").fetchall():
            for week in (county, townships[home if home in known_townships else NOWHERE]):
                week.cleared_by[cleared_as or "未注明"] += cases
    return county, townships


def _rule_groups() -> pa.Table:
    lines = [
        {"rule": rule.code, "part": part, "grave": rule.severity == "high"}
        for part, rules in RULE_GROUPS.items()
        for rule in rules
    ]
    return pa.Table.from_pylist(lines)


def _closed_as() -> pa.Table:
    """Reason and whereabouts with which a case was closed -> what the page calls it."""
    codes: list[tuple[str, str | None]] = [(reason, None) for reason in CLOSED_REASON_NAME]
    codes += [("whereabouts", whereabouts) for whereabouts in WHEREABOUTS_NAME]
    lines = [{"reason": r, "whereabouts": w, "name": closed_reason_name(r, w)} for r, w in codes]
    return pa.Table.from_pylist(lines, pa.schema({"reason": pa.string(), "whereabouts": pa.string(), "name": pa.string()}))
