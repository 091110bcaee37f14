"""The figures of a night, as they are kept beside the tables of its run: counts, codes, names of files and places, times. No value of a
person.

A run keeps all its own figures, and of the nights before the few that are drawn against them: tables are kept of ten runs only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from reports.list_counts import ListCounts, in_all

KEPT_NIGHTS = 31  # tonight and the 30 before


class CountedFile(TypedDict):
    """A row of the table ``files``. ``system``: the registry's title; ``owner``: the office that keeps it; ``dated``: ISO day;
    ``message``: what to know about it, in Chinese."""

    registry: str
    system: str
    owner: str
    file: str
    sheet: str
    status: str
    dated: str | None
    rows: int
    accepted: int
    quarantined: int
    message: str | None


@dataclass(frozen=True, slots=True)
class NightFigures:
    """What is kept of a night for those that follow. ``as_of``: ISO day; ``listed``: children; ``to_visit``: those of them whom no call
    may settle and whose answer does not wait for the county; ``opened``, ``closed``: cases of listed children since the night before,
    the reopened among the opened; ``findings``: discrepancies of children of the cohort; ``possible``: two persons that may be one;
    ``rows``: accepted, by registry; ``refused``: rows in quarantine; ``gaps``: what it did without; ``seconds``: by step."""

    as_of: str
    run: str
    listed: int
    to_visit: int
    opened: int
    closed: int
    findings: int
    possible: int
    refused: int
    gaps: int
    rows: Mapping[str, int]
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Night:
    """All figures of a night.

    ``since``: day of the night that it is compared with, the last of the history before its own day; None on the first; ``systems``: the
    county's registries -> their titles; ``files``: in order of their names; ``quarantine``:
    system, file, rule, rows, a message; ``notices``: system, file, message; ``undated``: a file without a day in its name, how many
    there are, their newest day; ``drift``: level, message; ``places``: township -> whereabouts -> children of the cohort;
    ``opened``, ``closed``: township -> listed children; ``changes``: kind of case -> event -> cases since the night before;
    ``closed_as``: why cases of listed children were closed -> cases; ``findings``: rule, discrepancies, of these in the cohort; ``books``: the workbooks,
    relative to ``outbox``, a folder's name; ``lists_of``: township -> how long its lists are.
    The rest as in ``NightFigures`` and ``pipelines.night.outcome.Outcome``.
    """

    as_of: str
    run: str
    since: str | None
    people: int
    cohort: int
    lists_of: Mapping[str, ListCounts]
    matches: int
    systems: Mapping[str, str]
    files: Sequence[CountedFile]
    quarantine: Sequence[tuple[str, str, str, int, str]]
    notices: Sequence[tuple[str, str, str]]
    undated: tuple[str, int, str] | None
    drift: Sequence[tuple[str, str]]
    places: Mapping[str, Mapping[str, int]]
    opened: Mapping[str, int]
    closed: Mapping[str, int]
    changes: Mapping[str, Mapping[str, int]]
    closed_as: Mapping[str, int]
    findings: Sequence[tuple[str, int, int]]
    county: str = ""
    outbox: str = ""
    books: Sequence[str] = ()
    candidates: int = 0
    recall: str = ""
    left_out: Sequence[str] = ()
    notes: Sequence[str] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def lists(self) -> ListCounts:
        """How long the county's lists are."""
        return in_all(self.lists_of)

    def figures(self) -> NightFigures:
        """What the nights that follow keep of this one."""
        rows: dict[str, int] = {}
        for file in self.files:
            if file["accepted"]:
                rows[file["registry"]] = rows.get(file["registry"], 0) + file["accepted"]
        return NightFigures(
            self.as_of,
            self.run,
            self.lists.listed,
            self.lists.visit,
            sum(self.opened.values()),
            sum(self.closed.values()),
            self.lists.findings,
            self.lists.questions,
            sum(count for *_, count, _ in self.quarantine),
            len(self.left_out),
            rows,
            self.seconds,
        )

    def whereabouts(self) -> dict[str, int]:
        """Whereabouts -> children of the cohort, in the whole county."""
        sums: dict[str, int] = {}
        for counts in self.places.values():
            for code, count in counts.items():
                sums[code] = sums.get(code, 0) + count
        return sums
