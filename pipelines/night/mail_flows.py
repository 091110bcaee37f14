"""The flows beside the nights, thin shells around ``mail_jobs``: the weekly delivery, and the hourly reading of what came back. They publish
nothing."""

from typing import Any

from prefect import flow
from prefect.states import State

from pipelines.night.flow import on_every_end
from pipelines.night.later_slots import state_of_needless

_LONGEST = 3600  # seconds; the waits between the tries are half of it


@flow(name="bidui-weekly", persist_result=False, log_prints=False, timeout_seconds=_LONGEST, **on_every_end())
def deliver_week() -> State[Any]:
    """Send the workbooks of the current run to whom the county set, each once."""
    if needless := state_of_needless():
        return needless

    from pipelines.night.mail_jobs import delivery_of_week

    return delivery_of_week()


@flow(name="bidui-collect", persist_result=False, log_prints=False, timeout_seconds=_LONGEST, **on_every_end())
def collect_answers() -> State[Any]:
    """Copy what came back into the inbox, so that it counts whatever becomes of it, and send its receipts. The next night takes it in."""
    if needless := state_of_needless():
        return needless

    from pipelines.night.mail_jobs import collection_of_answers

    return collection_of_answers()
