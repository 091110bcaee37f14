"""The job of a night as a Prefect flow: a thin shell around ``one_night``, and what Prefect calls when a flow ends. Nothing of it is kept.

Parameters, states, artifacts and log lines show in Prefect's pages: days, townships, counts, names of systems; never a person, and no file's
name. Results are neither cached nor persisted, because they hold children's records.
"""

import os
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.flows import Flow
from prefect.states import Failed, State

from pipelines import ROOT_VARIABLE
from pipelines.night.cancelled_state import name_after_prefect
from pipelines.night.later_slots import state_of_needless
from pipelines.night.parameters import mistyped_parameters
from pipelines.night.recovery import cancelled, failed_outside, settle, tell_end, wrongly_asked
from schemas.gap_kinds import MISSED, TIMED_OUT

_LONGEST = 4 * 3600  # seconds of a night; a county of 110,000 children takes under a minute
_PREFECTS_TIME_OUT, _PREFECTS_FAILURE = "TimedOut", "Failed"  # names of states that Prefect gives
_TIMED_OUT = (
    "运行超过 {:,.0f} 分钟还没有结束，已停止。请查看磁盘和共享文件夹是否正常，再在页面上运行一次；还是这样的，请告诉技术人员"
)


def _tell(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Log how a run ended, and notify whom the county set. Prefect calls it in the run's own process, or after that died in the one that
    started it."""
    root = Path(os.environ[ROOT_VARIABLE])
    if state.name == _PREFECTS_TIME_OUT:
        state = Failed(name=TIMED_OUT, message=_TIMED_OUT.format((flow.timeout_seconds or 0) / 60))
        _name_it(flow_run, state)
    if state.name == _PREFECTS_FAILURE:
        why = mistyped_parameters(flow.fn, flow_run.parameters or {})
        state = wrongly_asked(why) if why else failed_outside(root, flow_run, state.result(raise_on_failure=False))
        _name_it(flow_run, state)
    tell_end(root, flow.name, flow_run, state)


def _name_it(flow_run: FlowRun, state: State[Any]) -> None:
    """Give the run ``state`` in the place of the one that Prefect gave it."""
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(flow_run.id, state, force=True)


def _cancelled(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Prefect calls it where somebody cancels a run, and also where the process that started it is told to stop, which nobody asked of the run; and
    for a run that ends itself as a missed slot."""
    root, found = Path(os.environ[ROOT_VARIABLE]), flow_run.state
    if state.name == MISSED:
        tell_end(root, flow.name, flow_run, state)
    elif found is None or found.type in (StateType.CANCELLING, StateType.CANCELLED):
        ended = cancelled(root, flow_run)
        name_after_prefect(flow_run, ended)
        tell_end(root, flow.name, flow_run, ended)
    elif found.is_final():  # the same stop has ended it, and it was told then
        name_after_prefect(flow_run, found)
    else:
        with get_client(sync_client=True) as client:
            name_after_prefect(flow_run, settle(client, root, flow_run))


def _interrupted(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Prefect calls it where a run was ended from outside: in its own process, or where that was killed in the one that started it."""
    with get_client(sync_client=True) as client:
        settle(client, Path(os.environ[ROOT_VARIABLE]), flow_run)


def on_every_end() -> dict[str, Any]:
    """What Prefect calls at the end of a flow, whichever it is."""
    return {"on_completion": [_tell], "on_failure": [_tell], "on_crashed": [_interrupted], "on_cancellation": [_cancelled]}


@flow(name="bidui", persist_result=False, log_prints=False, timeout_seconds=_LONGEST, **on_every_end())
def reconcile_county(
    as_of: str | None = None, townships: list[str] | None = None, accept_drift: bool = False, future: bool = False
) -> State[Any]:
    """Reconcile the folder named by BIDUI_ROOT. ``as_of``: a day, by default the one for which the run was scheduled; ``townships``: whose
    workbooks are written, by default all; ``accept_drift``: publish from a registry that lost a third of its rows; ``future``: the day is
    meant although it is still to come. Ends in one of the states of ``schemas.gap_kinds``."""
    if needless := state_of_needless():
        return needless

    from pipelines.night.one_night import night_as_asked

    return night_as_asked(as_of, townships or [], accept_drift, future)
