"""A night as Prefect has it: parameters checked before any work, the job and its steps as tasks, the state that it ends in.

It loads the libraries of a run; ``flow``, which the process that waits for the nights loads, does not.
"""

import logging
import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext
from prefect.logging import get_run_logger
from prefect.runtime import flow_run as this_run
from prefect.states import State

from pipelines import ROOT_VARIABLE
from pipelines.guard import Foreseen, StepFailed
from pipelines.night.artifacts import show_night
from pipelines.night.days import check_day
from pipelines.night.ending import ending_state, failed
from pipelines.night.job import run_job
from pipelines.night.parameters import day_asked_for, townships_asked_for
from pipelines.night.steps import Step
from pipelines.night.tries import Told, tried
from pipelines.store.county_file import settings_of
from schemas.calendar import CHINA, today
from schemas.county_problems import CountyFileError

_Result = TypeVar("_Result")


def night_as_asked(as_of: str | None, townships: Sequence[str], accept_drift: bool, future: bool) -> State[Any]:
    """Reconcile the folder named by BIDUI_ROOT as the parameters of the flow ask; returns the state that the run ends in."""
    root, log = Path(os.environ[ROOT_VARIABLE]), run_logger()
    try:
        settings = settings_of(root)
        day, chosen = _day(as_of), townships_asked_for(townships, settings)
        check_day(day, future)
        outcome = tried("night", lambda: run_job(root, day, chosen, runner=as_task, accept_drift=accept_drift, future=future))
    except (Told, Foreseen, StepFailed, CountyFileError) as error:
        state = failed(error)
        log.error(state.message)
        return state
    state, lines = ending_state(outcome, settings)
    for line in lines:
        log.warning(line)
    if FlowRunContext.get():
        show_night(outcome, day, state, lines, settings)
    return state


def as_task(step: Step, work: Callable[[], _Result]) -> _Result:
    """Call the work of a step as a Prefect task of the step's name, without parameters."""

    @task(name=step, persist_result=False, cache_policy=NO_CACHE, log_prints=False)
    def task_of_step() -> _Result:
        try:
            return work()
        except Foreseen as error:  # Prefect logs its text
            if error.anywhere:
                error.args = (error.anywhere,)
            raise

    return task_of_step()


def run_logger() -> "logging.Logger | logging.LoggerAdapter[logging.Logger]":
    """That of the flow run, whose lines show on Prefect's page; outside of one a plain one."""
    return get_run_logger() if FlowRunContext.get() else logging.getLogger("bidui")


def _day(as_of: str | None) -> date:
    """The day ``as_of``; without it the day for which the run was scheduled, in China: a schedule may fire 0.4 s early, so that the clock is
    still on the day before at midnight. Raises NothingPublished where it is none."""
    if as_of:
        return day_asked_for(as_of)
    scheduled = this_run.scheduled_start_time if FlowRunContext.get() else None
    return (
        date.fromordinal(scheduled.astimezone(CHINA).toordinal()) if scheduled else today()
    )  # Prefect's own dates reckon otherwise
