"""Is a later slot of the same schedule due already? After a machine was off or asleep for days only the last of the nights missed is worth
running: it reads the same files."""

import os
from pathlib import Path
from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.context import FlowRunContext
from prefect.runtime import flow_run as this_run
from prefect.states import Cancelled, State
from prefect.types._datetime import now

from pipelines import ROOT_VARIABLE
from pipelines.night.run_log import log_event
from schemas.gap_kinds import MISSED

_REPLACED = "这一次错过了时间，之后到期的一次已代替它"
_WAITS_OR_RUNS = [StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING]


def missed() -> State[Any]:
    """The state of a run in whose place a later one runs, which the log has, too."""
    log_event(Path(os.environ[ROOT_VARIABLE]), "missed", run=this_run.name, slot=str(this_run.scheduled_start_time), state=MISSED)
    return Cancelled(name=MISSED, message=_REPLACED)


def later_slot_is_due() -> bool:
    """Of the run in whose context this is called; False outside of one, and for a run that was asked for and not scheduled."""
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    if run is None or not run.auto_scheduled or run.expected_start_time is None or run.deployment_id is None:
        return False
    own_slot = run.expected_start_time
    with get_client(sync_client=True) as client:
        due = client.read_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[run.deployment_id])),
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_WAITS_OR_RUNS)),
                expected_start_time=FlowRunFilterExpectedStartTime(after_=own_slot, before_=now("UTC")),  # type: ignore[arg-type]
            ),
        )
    return any(other.auto_scheduled and other.expected_start_time and other.expected_start_time > own_slot for other in due)
