"""The job as a Prefect flow: a thin shell around ``pipelines.night.job``. Each step is a task; nothing of it is kept.

Parameters show in Prefect's pages: a date and township names, never a person. Results are neither cached nor
persisted, because they hold children's records.
"""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext
from prefect.runtime import flow_run

from pipelines import ROOT_VARIABLE
from pipelines.night.job import run_job
from pipelines.night.outcome import NothingPublished
from pipelines.night.steps import Step
from schemas.calendar import CHINA, today

_Result = TypeVar("_Result")


def as_task(step: Step, work: Callable[[], _Result]) -> _Result:
    """Call the work of a step as a Prefect task of the step's name, without parameters."""

    @task(name=step, persist_result=False, cache_policy=NO_CACHE, log_prints=False)
    def task_of_step() -> _Result:
        return work()

    return task_of_step()


@flow(name="bidui", persist_result=False, log_prints=False)
def reconcile_county(
    as_of: str | None = None, townships: list[str] | None = None, accept_drift: bool = False, future: bool = False
) -> dict[str, Any]:
    """Reconcile the folder named by BIDUI_ROOT. ``as_of``: ISO date, by default the day for which the run was scheduled; ``accept_drift``:
    publish from a registry that lost a third of its rows; ``future``: the day is meant although it is still to come. Returns counts and
    codes only."""
    root = Path(os.environ[ROOT_VARIABLE])
    outcome = run_job(root, _day(as_of), townships, runner=as_task, accept_drift=accept_drift, future=future)
    return {"run": outcome.run.name, "left_out": len(outcome.left_out), "notes": len(outcome.notes), "seconds": outcome.seconds}


def _day(as_of: str | None) -> date:
    """The day ``as_of``; without it the day for which the run was scheduled, in China: a schedule may fire 0.4 s early, so that the clock is
    still on the day before at midnight. Raises NothingPublished where it is none."""
    if as_of:
        try:
            return date.fromisoformat(as_of)
        except ValueError:
            raise NothingPublished("日期应写成 2020-04-15 这样") from None
    scheduled = flow_run.scheduled_start_time if FlowRunContext.get() else None
    return scheduled.astimezone(CHINA).date() if scheduled else today()
