"""Is a slot of the schedule not to be run? After a machine was off or asleep for days only the last of the nights missed is worth running: it
reads the same files. And where somebody sets the clock back, Prefect may schedule a slot anew that was run before."""

import os
from pathlib import Path
from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.context import FlowRunContext
from prefect.states import Cancelled, State
from prefect.types._datetime import now

from pipelines import ROOT_VARIABLE
from pipelines.night.run_log import log_event
from schemas.gap_kinds import MISSED

_REPLACED = "这一次错过了时间，之后到期的一次已代替它"
_RUN_BEFORE = "这一次以前已运行过（电脑的时钟拨回过），不再运行"
_WAITS_OR_RUNS = (StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING)
_ENDED = (StateType.COMPLETED, StateType.FAILED, StateType.CRASHED)


def state_of_needless() -> State[Any] | None:
    """The state of the run in whose context this is called where its slot is not to be run, which the log has, too; None where it is, outside of
    a run, and for one that was asked for and not scheduled."""
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    why = _why_needless(run) if run else None
    if run is None or why is None:
        return None
    log_event(
        Path(os.environ[ROOT_VARIABLE]), "missed", run=run.name, slot=str(run.expected_start_time), state=MISSED, message=why
    )
    return Cancelled(name=MISSED, message=why)


def _why_needless(run: FlowRun) -> str | None:
    if not run.auto_scheduled or run.expected_start_time is None or run.deployment_id is None:
        return None
    own_slot = run.expected_start_time
    with get_client(sync_client=True) as client:
        found = client.read_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[run.deployment_id])),
            flow_run_filter=FlowRunFilter(
                expected_start_time=FlowRunFilterExpectedStartTime(after_=own_slot, before_=max(own_slot, now("UTC")))  # type: ignore[arg-type]
            ),
            sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        )
    others = [
        (other.expected_start_time, other.state.type)
        for other in found
        if other.auto_scheduled and other.id != run.id and other.expected_start_time and other.state
    ]
    if any(slot == own_slot and kind in _ENDED for slot, kind in others):
        return _RUN_BEFORE
    return _REPLACED if any(slot > own_slot and kind in _WAITS_OR_RUNS for slot, kind in others) else None
