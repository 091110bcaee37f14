"""The flows beside the nights, thin shells too: the weekly delivery, and the hourly reading of what came back. They publish nothing."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.states import Completed, Failed, State

from pipelines import ROOT_VARIABLE
from pipelines.answers.collected import collect
from pipelines.answers.receipts import write_receipts
from pipelines.deliver.deliver import Delivered, NothingToDeliver, deliver
from pipelines.deliver.receipts import send_receipts
from pipelines.guard import Foreseen, StepFailed, guarded
from pipelines.night.ending import failed
from pipelines.night.flow import on_every_end, run_logger
from pipelines.night.later_slots import later_slot_is_due, missed
from pipelines.store.county_file import settings_of
from schemas.calendar import CHINA
from schemas.gap_kinds import COLLECTED, DELIVERED, NOT_ALL_DELIVERED, NOTHING_DELIVERED


@flow(name="bidui-weekly", persist_result=False, log_prints=False, timeout_seconds=3600, **on_every_end())
def deliver_week() -> State[Any]:
    """Send the workbooks of the current run to whom the county set, each once."""
    if later_slot_is_due():
        return missed()
    try:
        delivered = guarded("deliver", lambda: deliver(Path(os.environ[ROOT_VARIABLE])))
    except NothingToDeliver as error:
        return Completed(name=NOTHING_DELIVERED, message=str(error))
    except (Foreseen, StepFailed) as error:
        return failed(error)
    return _state_of(delivered)


def _state_of(delivered: Delivered) -> State[Any]:
    """Counts of workbooks; the names of the recipients are townships and offices."""
    went, lost = delivered.count(failed=False), delivered.count(failed=True)
    parts = [f"送出 {went} 份", *([f"以前已送过 {delivered.already} 份"] if delivered.already else [])]
    areas = "、".join(dict.fromkeys(sending.area for sending in delivered.sendings if sending.reason))
    parts += [f"{lost} 份没有送到（{areas}），下次再送"] if lost else []
    parts += [f"没有设置接收人：{'、'.join(delivered.without_recipient)}"] if delivered.without_recipient else []
    message = "；".join(parts)
    if lost or delivered.unrecorded:
        return Failed(name=NOT_ALL_DELIVERED, message=message)
    run_logger().info(message)
    return Completed(name=DELIVERED, message=message)


@flow(name="bidui-collect", persist_result=False, log_prints=False, timeout_seconds=1800, **on_every_end())
def collect_answers() -> State[Any]:
    """Copy what came back into the inbox, so that it counts whatever becomes of it, and send its receipts. The next night takes it in."""
    if later_slot_is_due():
        return missed()
    root = Path(os.environ[ROOT_VARIABLE])
    try:
        files, receipts, lost = guarded("collect", lambda: _collected(root))
    except (Foreseen, StepFailed) as error:
        return failed(error)
    message = f"新收到 {files} 份，出回执 {receipts} 份" + (f"；{lost} 份回执没有送到，在 outbox/回执 里" if lost else "")
    return Failed(name=NOT_ALL_DELIVERED, message=message) if lost else Completed(name=COLLECTED, message=message)


def _collected(root: Path) -> tuple[int, int, int]:
    settings, new = settings_of(root), collect(root)
    if not new:
        return 0, 0, 0
    receipts = write_receipts(root, new, settings, datetime.now(CHINA))
    _, lost = send_receipts(root, receipts, settings)
    return len(new), len(receipts), lost
