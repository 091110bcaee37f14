"""What came of the nights of a soak: which slots were lost, run twice, ended in no named state, or badly without a word to anybody."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipelines.night.notification import is_wanted
from pipelines.night.recovery import AGAIN
from schemas.calendar import CHINA
from schemas.gap_kinds import (
    DATA_TOO_OLD,
    INTERRUPTED,
    LIST_JUMPED,
    MISSED,
    NOT_PUBLISHED,
    PROGRAM_FAULT,
    PUBLISHED,
    TIMED_OUT,
    WITH_GAPS,
)
from schemas.settings import Settings

_PUBLISHED = (PUBLISHED, WITH_GAPS, LIST_JUMPED, DATA_TOO_OLD)
_BAD = (NOT_PUBLISHED, PROGRAM_FAULT, TIMED_OUT, INTERRUPTED)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NightRun:
    """A run as Prefect has it. ``slot``: when it was due; ``key``: what kept it from being made twice, of a repeat the run that it repeats."""

    run_id: str
    slot: datetime
    kind: str
    state: str
    key: str | None = None

    @property
    def ended(self) -> bool:
        """In a state that says what came of the night."""
        return self.state in (*_PUBLISHED, *_BAD, MISSED)


@dataclass(slots=True)
class Verdict:
    """``lost``: slots for which nobody knows what came of them; ``twice``: slots with two runs, or published twice; ``unnamed``: runs in a
    state without a name; ``untold``: titles of notifications that should have come."""

    nights: int = 0
    states: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    bad: int = 0
    untold: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        return bool(self.nights) and not (self.lost or self.twice or self.unnamed or self.untold)


def verdict(runs: Sequence[NightRun], last: datetime, heard: Iterable[str]) -> Verdict:
    """Judge the runs of a schedule with a slot each minute. ``last``: slots after it may still be waiting; ``heard``: the titles of the
    notifications."""
    found = Verdict()
    repeats = {run.key: run for run in runs if run.key and run.key.startswith(f"{AGAIN}-")}
    scheduled: dict[datetime, list[NightRun]] = {}
    for run in runs:
        if run not in repeats.values():
            scheduled.setdefault(run.slot.replace(second=0, microsecond=0), []).append(run)
    ends = {slot: [end for run in of_slot for end in _ends(run, repeats)] for slot, of_slot in scheduled.items()}
    stood_in = False  # did a later slot run, which a missed one may count on?
    slots = sorted(slot for slot in _minutes(min(scheduled, default=last), last) if slot <= last)
    for slot in reversed(slots):
        states = ends.get(slot, [])
        ran = any(state in (*_PUBLISHED, *_BAD) for state in states) and "" not in states
        if not (ran or (MISSED in states and stood_in)):
            found.lost.append(_shown(slot))
        stood_in = stood_in or ran
        found.nights += 1
    found.twice = [
        _shown(slot)
        for slot in sorted(ends)
        if sum(run.state != MISSED for run in scheduled[slot]) > 1 or sum(state in _PUBLISHED for state in ends[slot]) > 1
    ]
    judged = [run for run in runs if run.ended or run.slot <= last]
    found.states = Counter(run.state for run in judged)
    found.unnamed = [f"{_shown(run.slot)} {run.state}" for run in judged if not run.ended]
    settings = Settings.model_validate({"notification": {"when": "gap"}})
    wanted = Counter(f"{_shown(run.slot)} {run.state}" for run in judged if run.ended and is_wanted(settings, run.state))
    found.bad = wanted.total()
    texts = list(heard)
    found.untold = [title for title, times in wanted.items() if sum(title in text for text in texts) < times]
    return found


def _ends(run: NightRun, repeats: dict[str | None, NightRun]) -> list[str]:
    """The states of a slot's run and of its repeat; an empty one where that should be there and is not, or has not ended."""
    if run.state != INTERRUPTED:
        return [run.state]
    again = repeats.get(f"{AGAIN}-{run.run_id}")
    return [run.state, again.state if again and again.ended else ""]


def _minutes(first: datetime, last: datetime) -> list[datetime]:
    return [first + number * _MINUTE for number in range(int((last - first) / _MINUTE) + 1)]


def _shown(slot: datetime) -> str:
    return f"{slot.astimezone(CHINA):%Y-%m-%d %H:%M}"
