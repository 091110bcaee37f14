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

from pipelines import ROOT_VARIABLE
from pipelines.night.job import run_job
from pipelines.night.steps import Step

_Result = TypeVar("_Result")


def as_task(step: Step, work: Callable[[], _Result]) -> _Result:
    """Call the work of a step as a Prefect task of the step's name, without parameters."""

    @task(name=step, persist_result=False, cache_policy=NO_CACHE, log_prints=False)
    def task_of_step() -> _Result:
        return work()

    return task_of_step()


@flow(name="bidui", persist_result=False, log_prints=False)
def reconcile_county(as_of: str | None = None, townships: list[str] | None = None, accept_drift: bool = False) -> dict[str, Any]:
    """Reconcile the folder named by BIDUI_ROOT. ``as_of``: ISO date, today by default; ``accept_drift``: publish from a
    registry that lost a third of its rows. Returns counts and codes only."""
    day = date.fromisoformat(as_of) if as_of else date.today()
    outcome = run_job(Path(os.environ[ROOT_VARIABLE]), day, townships, runner=as_task, accept_drift=accept_drift)
    return {"run": outcome.run.name, "left_out": len(outcome.left_out), "seconds": outcome.seconds}
