"""What the flows beside the nights do, and the states that they end in."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from prefect.states import Completed, Failed, State

from pipelines import ROOT_VARIABLE
from pipelines.answers.collected import collect, note_receipts
from pipelines.answers.receipts import write_receipts
from pipelines.deliver.deliver import Delivered, NothingToDeliver, deliver
from pipelines.deliver.send_receipts import send_receipts
from pipelines.guard import guarded
from pipelines.night.ending import failed
from pipelines.night.one_night import run_logger
from pipelines.night.tries import Told, tried
from pipelines.store.county_file import settings_of
from schemas.calendar import CHINA
from schemas.county_problems import CountyFileError
from schemas.gap_kinds import COLLECTED, DELIVERED, NOT_ALL_DELIVERED, NOTHING_DELIVERED

_Result = TypeVar("_Result")


def delivery_of_week() -> State[Any]:
    """Send the workbooks of the current run to whom the county set, each once."""
    try:
        delivered = _with_settings("deliver", lambda root: deliver(root))
    except (Told, CountyFileError) as error:
        if isinstance(error, Told) and isinstance(error.error, NothingToDeliver):
            return Completed(name=NOTHING_DELIVERED, message=str(error))
        return failed(error)
    return _state_of(delivered)


def _with_settings(step: str, work: Callable[[Path], _Result]) -> _Result:
    """What ``work`` returns for the data folder, tried again where waiting may help. Raises CountyFileError before it begins, and Told."""
    root = Path(os.environ[ROOT_VARIABLE])
    settings_of(root)
    return tried(step, lambda: guarded(step, lambda: work(root)))


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


def collection_of_answers() -> State[Any]:
    """Copy what came back into the inbox, so that it counts whatever becomes of it, and send its receipts. The next night takes it in."""
    try:
        files, receipts, lost = _with_settings("collect", _collected)
    except (Told, CountyFileError) as error:
        return failed(error)
    message = f"新收到 {files} 份，出回执 {receipts} 份" + (f"；{lost} 份回执没有送到，在 outbox/回执 里" if lost else "")
    return Failed(name=NOT_ALL_DELIVERED, message=message) if lost else Completed(name=COLLECTED, message=message)


def _collected(root: Path) -> tuple[int, int, int]:
    settings, new = settings_of(root), collect(root)
    if not new:
        return 0, 0, 0
    receipts = write_receipts(root, new, settings, datetime.now(CHINA))
    _, lost = send_receipts(root, receipts, settings)
    note_receipts(new)
    return len(new), len(receipts), lost
