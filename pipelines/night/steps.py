"""The steps of the job, in order, under the one name that the README, the tally, Prefect and the docs have for each."""

import time
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, TypeVar

from pipelines.guard import guarded

_Result = TypeVar("_Result")


class Step(StrEnum):
    """The steps of a run."""

    READ = "read"  # exports and returned workbooks -> sheets, answers
    ACCEPT = "accept"  # validate and standardise: sheets -> records, quarantine
    COMPARE = "compare"  # with the last run: drift, sheets that stand in for those of a registry that lost a third
    LINK = "link"  # records -> links, clusters; judgements on pairs are applied
    RESOLVE = "resolve"  # clusters -> persons, with ids that stay from night to night
    RECONCILE = "reconcile"  # persons -> whereabouts, discrepancies, cases, indicators, absences
    WRITE = "write"  # the tables of the run
    AUDIT = "audit"  # every table as written against its declaration, every sum against the next
    WORKBOOKS = "workbooks"  # for townships, county and offices; the weekly report
    PUBLISH = "publish"  # makes the run the current one


class Runner(Protocol):
    """How the work of a step is called: directly, or as a Prefect task."""

    def __call__(self, step: Step, work: Callable[[], _Result]) -> _Result: ...


def directly(step: Step, work: Callable[[], _Result]) -> _Result:
    """Call the work of a step as what it is, a function."""
    return work()


class Clock:
    """Runs the work of steps, guarded, and keeps the ``seconds`` that each step took."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self.seconds: dict[str, float] = {}

    def __call__(self, step: Step, work: Callable[[], _Result]) -> _Result:
        start = time.perf_counter()
        try:
            return self._runner(step, lambda: guarded(step, work))
        finally:
            self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - start
