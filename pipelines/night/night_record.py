"""The record of a night in the folder of its run: ``night.json``, its figures and the few of each night before that they are drawn
against, and ``night.html``, the page made of them.

The page belongs to the run: it is published with it, and ``curated/current/night.html`` is always that of the run that is current. It lies
in no folder of the outbox, so that no delivery takes it along.
"""

import contextlib
import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

from matching import Linkage, recall_words
from pipelines.guard import Foreseen
from pipelines.night.kept_counts import FIGURES, counts_of
from pipelines.store.context import Context
from pipelines.store.folders import replace_text
from pipelines.store.runs import Store
from reports.list_counts import ListCounts
from reports.night import KEPT_NIGHTS, Night, NightFigures, counted_night, night_page

PAGE = "night.html"


@dataclasses.dataclass(frozen=True, slots=True)
class KeptNight:
    """What a run keeps. ``night``: all figures of its own night; ``others``: the few of the nights of other days, in order of their days."""

    night: Night
    others: Sequence[NightFigures]


def kept_night(run: Path) -> KeptNight | None:
    """What the run in the folder ``run`` keeps; None where it was written by a version that kept nothing, or is damaged."""
    try:
        kept = json.loads((run / FIGURES).read_text(encoding="utf-8"))
        night = kept["night"] | {"lists_of": counts_of(kept["night"]["lists_of"])}
        return KeptNight(Night(**night), [NightFigures(**figures) for figures in kept["others"]])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # TypeError: fields of another version
        return None


class NightRecord:
    """Writes the record of a run. ``run``: its folder, the tables in it; ``outbox``: the folder of its workbooks; ``night_before``: of the
    history, the night of an earlier day that it is compared with; ``counts``: ``RunLists.counts``."""

    def __init__(
        self,
        context: Context,
        run: Path,
        outbox: str,
        linkage: Linkage,
        night_before: date | None,
        counts: Mapping[str, ListCounts],
    ) -> None:
        self._context, self._run, self._outbox, self._linkage = context, run, outbox, linkage
        self._night_before, self._counts = night_before, counts
        self._others = _other_nights(context)

    @cached_property
    def _counted(self) -> Night:
        context, workbooks = self._context, self._run / "workbooks"
        return dataclasses.replace(
            counted_night(self._run, context.as_of, context.settings, self._night_before, self._counts),
            county=context.settings.county.name,
            outbox=self._outbox,
            books=sorted(path.relative_to(workbooks).as_posix() for path in workbooks.rglob("*.xlsx")),
            candidates=self._linkage.candidates,
            recall=recall_words(self._linkage.recall.estimate),
        )

    def write(self, left_out: Sequence[str], notes: Sequence[str], seconds: Mapping[str, float]) -> None:
        """Write both files (0600), each whole or not at all. Done before the run is published, so that it has them whatever comes."""
        times = {step: round(spent, 3) for step, spent in seconds.items()}
        night = dataclasses.replace(self._counted, left_out=list(left_out), notes=list(notes), seconds=times)
        kept = {"night": dataclasses.asdict(night), "others": [dataclasses.asdict(figures) for figures in self._others]}
        replace_text(self._run / FIGURES, json.dumps(kept, ensure_ascii=False))
        replace_text(self._run / PAGE, night_page(night, nights_before(night, self._others)))

    def complete(self, left_out: Sequence[str], notes: Sequence[str], seconds: Mapping[str, float]) -> None:
        """Write them once more, now that it is known how long publishing took and what could not follow. The run is published: where there
        is no room for it any more, the files stay as they are."""
        with contextlib.suppress(OSError):
            self.write(left_out, notes, seconds)


def nights_before(night: Night, others: Sequence[NightFigures]) -> list[NightFigures]:
    """Those of ``others`` that ``night`` is drawn against, the last of them the one that its cases are compared with: a day that is computed
    again has later ones, and a look back may have been for a day since."""
    return [figures for figures in others if night.since and figures.as_of <= night.since]


def _other_nights(context: Context) -> list[NightFigures]:
    """What the newest run that has a whole record hands on."""
    kept = next(filter(None, map(kept_night, context.store.folders())), None)
    return handed_on(kept, context.as_of, context.forgetting.after if context.forgetting else None) if kept else []


def handed_on(kept: KeptNight, as_of: date, after: date | None) -> list[NightFigures]:
    """The figures of other nights that a run for ``as_of`` keeps, in order of their days: those that the run before kept, and its own. A
    day that was computed again counts once, as its last run had it. ``after``: the day after which nights are forgotten."""
    nights = {figures.as_of: figures for figures in (*kept.others, kept.night.figures())}
    nights.pop(as_of.isoformat(), None)
    last = after.isoformat() if after else max(nights, default="")
    return [nights[day] for day in sorted(nights) if day <= last][1 - KEPT_NIGHTS :]


def last_seconds(root: Path) -> Mapping[str, float]:
    """How long each step of the run took that is current under ``root``; empty where that is not known."""
    try:
        store = Store(root)
    except (Foreseen, OSError):  # the run that is to begin will say it
        return {}
    kept = kept_night(store.run) if store.published else None
    return kept.night.seconds if kept else {}
