"""The jobs as Prefect flows: thin shells around plain functions. Each step is a task; nothing of it is kept.

Parameters, states, artifacts and log lines show in Prefect's pages: days, townships, counts, names of systems; never a person, and no file's
name. Results are neither cached nor persisted, because they hold children's records.
"""

import logging
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.context import FlowRunContext
from prefect.flows import Flow
from prefect.logging import get_run_logger
from prefect.runtime import flow_run as this_run
from prefect.states import Failed, State

from pipelines import ROOT_VARIABLE
from pipelines.guard import Foreseen, StepFailed
from pipelines.night.artifacts import show_night
from pipelines.night.days import check_day
from pipelines.night.ending import ending_state, failed
from pipelines.night.job import run_job
from pipelines.night.later_slots import state_of_needless
from pipelines.night.parameters import day_asked_for, townships_asked_for
from pipelines.night.recovery import settle, tell_end
from pipelines.night.steps import Step
from pipelines.night.tries import Told, tried
from pipelines.store.county_file import settings_of
from schemas.calendar import CHINA, today
from schemas.county_problems import CountyFileError
from schemas.gap_kinds import TIMED_OUT

_Result = TypeVar("_Result")

_LONGEST = 4 * 3600  # seconds of a night; a county of 110,000 children takes under a minute
_PREFECTS_TIME_OUT = "TimedOut"  # the name of the state that Prefect gives
_TIMED_OUT = (
    "运行超过 {:,.0f} 分钟还没有结束，已停止。请查看磁盘和共享文件夹是否正常，再在页面上运行一次；还是这样的，请告诉技术人员"
)


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


def _tell(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Log how a run ended, and notify whom the county set. Prefect calls it in the run's own process, or after that died in the one that
    started it."""
    if state.name == _PREFECTS_TIME_OUT:
        state = Failed(name=TIMED_OUT, message=_TIMED_OUT.format((flow.timeout_seconds or 0) / 60))
        with get_client(sync_client=True) as client:
            client.set_flow_run_state(flow_run.id, state, force=True)
    tell_end(Path(os.environ[ROOT_VARIABLE]), flow.name, flow_run, state)


def _interrupted(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Prefect calls it where a run was ended from outside: in its own process, or where that was killed in the one that started it."""
    with get_client(sync_client=True) as client:
        settle(client, Path(os.environ[ROOT_VARIABLE]), flow_run)


def on_every_end() -> dict[str, Any]:
    """What Prefect calls at the end of a flow, whichever it is."""
    return {"on_completion": [_tell], "on_failure": [_tell], "on_crashed": [_interrupted], "on_cancellation": [_tell]}


@flow(name="bidui", persist_result=False, log_prints=False, timeout_seconds=_LONGEST, **on_every_end())
def reconcile_county(
    as_of: str | None = None, townships: list[str] | None = None, accept_drift: bool = False, future: bool = False
) -> State[Any]:
    """Reconcile the folder named by BIDUI_ROOT. ``as_of``: a day, by default the one for which the run was scheduled; ``townships``: whose
    workbooks are written, by default all; ``accept_drift``: publish from a registry that lost a third of its rows; ``future``: the day is
    meant although it is still to come. Ends in one of the states of ``schemas.gap_kinds``."""
    root, log = Path(os.environ[ROOT_VARIABLE]), run_logger()
    if needless := state_of_needless():
        return needless
    try:
        settings = settings_of(root)
        day, chosen = _day(as_of), townships_asked_for(townships or [], settings)
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
        show_night(outcome, day, state, lines)
    return state


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
