"""Publish: all of a run or nothing.

A run writes into a folder of its own (``curated/runs/<id>``). Once everything is there and on the disk, one transaction writes the
state that the run hands on and makes it the current run. ``outbox/<day>`` and ``curated/current`` then follow: by this command or,
if it is killed, by the next one, whichever it is. Until they do, the store knows that they lag.
"""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.guard import is_disk_full
from pipelines.store.database import Database, StoreRefused
from pipelines.store.folders import copy_folder, private_folder, sync, sync_tree
from pipelines.store.lock import Busy, exclusive
from pipelines.store.noted_runs import Run, end_run, note_followed, published_runs, write_audit
from pipelines.store.state_tables import STATE_KEYS

if TYPE_CHECKING:  # loads libraries, which a question does without
    from pipelines.store.state import Change

STAGED = ".new-"  # outbox/.new-<run>: the workbooks of a run, complete, before they take their place
REPLACED = ".old-"


def put_on_disk(root: Path, run: Path) -> None:
    """Put all that the run wrote on the disk, and its workbooks beside the place that they will have."""
    sync_tree(run)
    copy_folder(run / "workbooks", _fresh(private_folder(root / "outbox") / f"{STAGED}{run.name}"))


def commit(database: Database, run: Path, changes: "Sequence[Change]", outbox: str, left_out: Sequence[str]) -> None:
    """The one transaction that makes ``run`` the current one."""
    import pyarrow.parquet as pq

    from pipelines.store.state import write_change

    with database.writing() as connection:
        for change in changes:
            write_change(connection, change)
        end_run(connection, run.name, "published", outbox, left_out)
        counts = {name: pq.read_metadata(run / f"{name}.parquet").num_rows for name in ("records", *STATE_KEYS)}
        write_audit(connection, "run", run.name, {**counts, "left_out": len(left_out)})


def bring_in_line(root: Path, database: Database) -> list[str]:
    """Let ``outbox`` and ``curated/current`` follow the published runs; harmless to repeat. The caller holds the lock. Returns what
    could not be done, in Chinese; the next command tries again."""
    with database.reading() as connection:
        published = published_runs(connection)
    problems, done = [], []
    newest = {run.outbox: run for run in published if run.outbox}
    for run in published:
        if not run.followed:
            problem = _place_outbox(root, run) if run.outbox and newest[run.outbox] is run else None
            if problem:
                problems.append(problem)
            else:
                done.append(run.number)
    current = root / "curated" / "current"
    if published and not _is_of(current, published[-1].run_id):
        _point_current(current, root / "curated" / "runs" / published[-1].run_id)
    if done:
        with database.writing() as connection:
            note_followed(connection, done)
    return problems


def follow(root: Path, database: Database, published: Sequence[Run]) -> None:
    """What every command does that reads: see to it that the folders are in line, where that is its business and can be done."""
    current = root / "curated" / "current"
    if all(run.followed for run in published) and _is_of(current, published[-1].run_id):
        return
    try:
        with exclusive(root):
            bring_in_line(root, database)
    except (Busy, StoreRefused, OSError):  # a run is at work and will do it; or this folder is only to be read
        return


def _place_outbox(root: Path, run: Run) -> str | None:
    """Put the workbooks of ``run`` into their place in the outbox. Returns why it could not be done, in Chinese."""
    outbox = private_folder(root / "outbox")
    new, place, replaced = outbox / f"{STAGED}{run.run_id}", outbox / str(run.outbox), outbox / f"{REPLACED}{run.run_id}"
    workbooks = root / "curated" / "runs" / run.run_id / "workbooks"
    try:
        if not new.is_dir() and workbooks.is_dir():
            copy_folder(workbooks, _fresh(new))
        if new.is_dir():
            if place.exists():
                place.rename(_fresh(replaced))
            new.rename(place)
            sync(outbox)
    except PermissionError:  # on Windows a workbook that is open in Excel keeps its folder from being renamed
        return f"{place} 里的新核查表（旧表正被打开，请关闭；下次运行任何 bidui 命令时自动换上）"
    except OSError as error:
        if not is_disk_full(error):
            raise
        return f"{place} 里的新核查表（磁盘已满，请清理；下次运行任何 bidui 命令时自动换上）"
    shutil.rmtree(replaced, ignore_errors=True)
    return None


def _point_current(current: Path, run: Path) -> None:
    """A symbolic link swapped in one step; where the system grants none (Windows without the right), a renamed copy."""
    if not run.is_dir():
        return
    link = current.with_name("current.link")
    if link.is_symlink():
        link.unlink()
    try:
        os.symlink(Path("runs") / run.name, link, target_is_directory=True)
        if current.is_dir() and not current.is_symlink():
            shutil.rmtree(current)
        os.replace(link, current)
    except OSError:
        if link.is_symlink():
            link.unlink()
        new, replaced = current.with_name("current.new"), current.with_name("current.old")
        copy_folder(run, _fresh(new))
        if current.exists():
            current.rename(_fresh(replaced))
        new.rename(current)
        shutil.rmtree(replaced, ignore_errors=True)
    sync(current.parent)


def _is_of(current: Path, run_id: str) -> bool:
    """Does ``curated/current`` show this run? A copy says in its report whose it is."""
    if current.is_symlink():
        return Path(os.readlink(current)).name == run_id
    try:
        return json.loads((current / "report.json").read_text(encoding="utf-8")).get("run") == run_id
    except (OSError, ValueError, AttributeError):
        return False


def _fresh(folder: Path) -> Path:
    """``folder``, with nothing in its place."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder
