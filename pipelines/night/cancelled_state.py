"""The state of a run that somebody cancelled gets its name after Prefect has given it its own: what is called at a cancellation is called before
that, and Prefect writes over whatever state it finds."""

import time
from threading import Thread
from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import State

_LOOKS, _EVERY = 60, 0.5  # at most; seconds


def name_after_prefect(run: FlowRun, state: State[Any]) -> Thread:
    """Give ``run`` the ``state`` once Prefect has it as cancelled, in a thread of its own; the caller has to return before that."""
    waiting = Thread(target=_name, args=(run, state), name="bidui-cancelled")
    waiting.start()
    return waiting


def _name(run: FlowRun, state: State[Any]) -> None:
    with get_client(sync_client=True) as client:
        for _ in range(_LOOKS):
            time.sleep(_EVERY)
            found = client.read_flow_run(run.id).state
            if found is not None and found.type == StateType.CANCELLED:
                client.set_flow_run_state(run.id, state, force=True)
                return
