"""The figures of ``benchmarks.year_of_nights``: what is counted over the year, which of it should be 0, and how it is shown."""

import re
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from benchmarks.year_answers import Answer
from pipelines.screen import TextTable
from pipelines.store.database import DATABASE
from schemas.tables import TABLES

_IN_ROOT = {"raw", "inbox", "outbox", "curated", "county.toml"}
_IN_CURATED = {".temporary", "current", "runs", "snapshots", ".lock", DATABASE}
_IN_RUN = {*(f"{name}.parquet" for name in TABLES), "workbooks", "report.json", "model.json", "night.html", "night.json"}
_DAY_FOLDER = re.compile(r"\d{4}-\d\d-\d\d(_重算)?")
_NAMED = re.compile(r"《[^》]*》|\d[\d,.%+-]*")
_SHOWN = 60  # characters of a reason


@dataclass
class Figures:
    """What was counted. ``reasons``: of nights with gaps or without a result; ``faulty``: errors, rows and answers at fault, by codes
    and numbers; the lists have one figure a night."""

    nights: int = 0
    published: int = 0
    with_gaps: int = 0
    nothing: int = 0
    broken_off: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    compared: int = 0
    changed_with_event: int = 0
    changed_without_event: int = 0
    cases_compared: int = 0
    case_changed_with_event: int = 0
    case_changed: int = 0
    leftovers: int = 0
    faulty: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    database: list[int] = field(default_factory=list)
    folder: list[int] = field(default_factory=list)

    def count_reason(self, reason: str) -> None:
        """Of a gap, or of a night without a result; file names and figures do not tell reasons apart."""
        reason = _NAMED.sub("…", reason)[:_SHOWN]
        self.reasons[reason] = self.reasons.get(reason, 0) + 1


def leftovers(root: Path) -> list[str]:
    """What lies in the data folder and is of no use to anybody."""
    found = [path for path in root.iterdir() if path.name not in _IN_ROOT]
    found += [path for path in (root / "curated").iterdir() if path.name not in _IN_CURATED]
    found += [path for path in (root / "outbox").iterdir() if not _DAY_FOLDER.fullmatch(path.name)]
    temporary = root / "curated" / ".temporary"
    found += temporary.iterdir() if temporary.exists() else ()
    for run in (root / "curated" / "runs").iterdir():
        found += [path for path in run.iterdir() if path.name not in _IN_RUN]
    found += [path for path in (root / "curated" / "snapshots").iterdir() if path.suffix != ".parquet"]
    return [str(path.relative_to(root)) for path in found]


def missed_aims(figures: Figures, answers: Sequence[Answer]) -> dict[str, int]:
    """What should be 0 and is not."""
    aims = {
        "nights that broke off": figures.broken_off,
        "person ids changed without an event": figures.changed_without_event,
        "answers lost": sum(answer.state == "lost" for answer in answers),
        "incomplete answers taken": sum(not a.complete and a.state == "in effect" for a in answers),
        "cases of an open child changed": figures.case_changed,
        "leftovers": figures.leftovers,
    }
    return {aim: number for aim, number in aims.items() if number}


def shown(figures: Figures, answers: Sequence[Answer], removed: int, happened: Mapping[str, int]) -> list[str | TextTable]:
    """The tables that are printed."""
    states = Counter(answer.state for answer in answers)
    whys = Counter(f"{answer.sheet}: {answer.state}: {answer.why}" for answer in answers)
    lines = [
        ("nights published", f"{figures.published} of {figures.nights}, {figures.with_gaps} of them with gaps"),
        ("nothing published; broken off", f"{figures.nothing}; {figures.broken_off}"),
        ("rows compared with the night before", f"{figures.compared:,}"),
        ("person ids changed, with an event; without", f"{figures.changed_with_event}; {figures.changed_without_event}"),
        ("answers", f"{len(answers)}: " + ", ".join(f"{n} {state}" for state, n in sorted(states.items()))),
        ("files removed from the inbox", f"{removed}"),
        ("listed children compared; case changed, with an event; without",
         f"{figures.cases_compared:,}; {figures.case_changed_with_event}; {figures.case_changed}"),
        *growth("database", figures.database), *growth("curated", figures.folder),
        *timing("seconds a night", figures.seconds), *timing("CPU seconds a night", figures.cpu_seconds),
        ("leftovers", f"{figures.leftovers}"),
    ]  # fmt: skip
    counted = [*sorted(figures.reasons.items()), *sorted(whys.items()), *sorted(happened.items())]
    return [
        TextTable("A year of nights", ("figure", "value"), lines, numbers=0),
        TextTable("Counted", ("what", "number"), [(what, str(number)) for what, number in counted], numbers=1),
    ]


def _tenths(values: Sequence[float]) -> tuple[Sequence[float], ...]:
    size, middle = max(1, len(values) // 10), len(values) // 2
    return values[:size], values[middle : middle + size], values[-size:]


def growth(what: str, sizes: Sequence[int]) -> list[tuple[str, str]]:
    """Growth per night in the first, middle and last tenth of the year."""
    grown = [after - before for before, after in pairwise(sizes)] or [0]
    medians = " / ".join(f"{statistics.median(part) / 1024:,.1f}" for part in _tenths(grown))
    means = " / ".join(f"{statistics.mean(part) / 1024:,.1f}" for part in _tenths(grown))
    return [
        (
            f"{what}: KiB gained a night, first/middle/last tenth",
            f"median {medians}; mean {means}; {sizes[-1] / 2**20:,.1f} MiB at the end",
        )
    ]


def timing(what: str, seconds: Sequence[float]) -> list[tuple[str, str]]:
    """Median, ninth decile, and the median of the first and the last tenth."""
    if not seconds:
        return []
    first, _, last = (statistics.median(part) for part in _tenths(seconds))
    ninth = sorted(seconds)[len(seconds) * 9 // 10]
    return [
        (what, f"median {statistics.median(seconds):.2f}, ninth decile {ninth:.2f}, first tenth {first:.2f}, last {last:.2f}")
    ]
