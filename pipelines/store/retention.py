"""What is kept of the nights gone by, and for how long."""

import re
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.store.noted_runs import Run
from pipelines.store.publishing import REPLACED
from pipelines.store.snapshots import Snapshots
from schemas.settings import Retention

_DAY_FOLDER = re.compile(r"(\d{4}-\d\d-\d\d)(_重算)?")


def forget_old(root: Path, published: Sequence[Run], keep: Retention, today: date) -> dict[str, int]:
    """Remove the folders of runs and of the outbox that are no longer kept, and snapshots that no kept run was read from. The store's
    own rows stay. ``published``: all published runs, the current one last. Returns how many folders went, for the audit.

    A folder that cannot be removed is left for the next time.
    """
    kept = {run.run_id for run in published[-keep.runs :]}
    runs = [folder for folder in (root / "curated" / "runs").iterdir() if folder.name not in kept]
    outbox = _old_outboxes(root / "outbox", published, timedelta(days=keep.outbox_days), today)
    for folder in runs:
        shutil.rmtree(folder, ignore_errors=True)
    for folder in outbox:
        _remove_whole(folder)
    forget_snapshots(root, timedelta(days=keep.snapshots_days))
    return {"runs": len(runs), "outbox": len(outbox)}


def forget_snapshots(root: Path, longer: timedelta) -> None:
    """Keep those of the runs that are kept, and for so much longer those that were used since; all where it cannot be told which."""
    wanted: set[str] = set()
    for files in (root / "curated" / "runs").glob("*/files.parquet"):
        try:
            wanted |= {digest for digest in pq.read_table(files, columns=["sha256"])["sha256"].to_pylist() if digest}
        except (OSError, pa.ArrowException):
            return
    Snapshots(root / "curated" / "snapshots").keep(wanted, longer)


def day_folders(outbox: Path) -> Iterator[tuple[Path, date]]:
    """The folders of the outbox that are named after a day, and that day."""
    for folder in outbox.iterdir() if outbox.is_dir() else ():
        named = _DAY_FOLDER.fullmatch(folder.name)
        if named and folder.is_dir():
            yield folder, date.fromisoformat(named[1])


def _old_outboxes(outbox: Path, published: Sequence[Run], keep: timedelta, today: date) -> list[Path]:
    """Folders of days whose last run is longer ago than ``keep``: never today's nor the current run's, nor any of another name."""
    made = {run.outbox: datetime.fromisoformat(run.finished) for run in published if run.outbox and run.finished}
    never = {today.isoformat(), f"{today.isoformat()}_重算", published[-1].outbox if published else None}
    now = datetime.now(UTC)
    old = []
    for folder, _ in day_folders(outbox):
        if folder.name not in never:
            known = made.get(folder.name) or datetime.fromtimestamp(folder.stat().st_mtime, UTC)
            if now - known > keep:
                old.append(folder)
    return sorted(old)


def _remove_whole(folder: Path) -> None:
    """Remove a folder, all of it or nothing: on Windows one with a workbook that is open cannot be renamed."""
    gone = folder.with_name(f"{REPLACED}{folder.name}")
    try:
        folder.rename(gone)
    except OSError:
        return
    shutil.rmtree(gone, ignore_errors=True)
