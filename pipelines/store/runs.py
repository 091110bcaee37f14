"""Publish: tables, workbooks and run report, all of it or nothing.

A run writes into a folder of its own (``curated/runs/<id>``). Only when everything is there are two things swapped:
``outbox/<as_of>`` and ``curated/current``. A note of the intended swap is written before and removed after, so that a
run that dies between the two is finished by the next one; the folder it points to is complete by then.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from pipelines.guard import Foreseen
from pipelines.store.conform import conform
from schemas.memory_database import remove_spilled
from schemas.tables import TABLES

KEEP_RUNS = 10


class Busy(Foreseen):
    """Another run is at work on this folder, or another program holds a file that must be replaced; says which."""


def private_folder(path: Path) -> Path:
    """The folder, made if need be, for its owner's eyes alone (0700)."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


@contextmanager
def exclusive(root: Path) -> Iterator[None]:
    """One run at a time per folder; the operating system frees the lock of a run that dies. Raises Busy."""
    lock = FileLock(private_folder(root / "curated") / ".lock", mode=0o600)
    try:
        with lock.acquire(timeout=0):
            finish_interrupted(root)
            remove_spilled(root / "curated")
            yield
    except Timeout:
        raise Busy("另一次比对正在进行，请稍后再试") from None


def start_run(root: Path, as_of: date) -> Path:
    """A new empty folder ``curated/runs/<as_of>-<number>``."""
    runs = private_folder(root / "curated" / "runs")
    taken = [int(p.name.rpartition("-")[2]) for p in runs.iterdir() if p.name.rpartition("-")[2].isdigit()]
    return private_folder(runs / f"{as_of:%Y%m%d}-{max(taken, default=0) + 1:04d}")


def write_tables(run: Path, tables: dict[str, pa.Table]) -> None:
    """Every published table as ``run/<name>.parquet`` (0600)."""
    for name in TABLES:
        path = run / f"{name}.parquet"
        pq.write_table(conform(tables[name], name), path, compression="zstd")
        path.chmod(0o600)


def write_report(run: Path, report: dict[str, object]) -> None:
    """The run report: counts, codes and times; no values of persons."""
    write_text(run / "report.json", json.dumps(report, ensure_ascii=False, indent=1))


def write_text(path: Path, text: str) -> None:
    """A private text file of a run."""
    path.write_text(text + "\n", encoding="utf-8")
    path.chmod(0o600)


def publish(root: Path, run: Path, outbox: str) -> None:
    """Make ``run`` the published one: its ``workbooks`` become the folder ``outbox`` of the outbox, it becomes ``curated/current``."""
    note = root / "curated" / "publishing.json"
    waiting = note.with_suffix(".tmp")
    waiting.write_text(json.dumps({"run": run.name, "outbox": outbox}), encoding="utf-8")
    waiting.chmod(0o600)
    os.replace(waiting, note)
    finish_interrupted(root)
    _forget_old_runs(root, run)


def outbox_of(store: "Store", root: Path, as_of: date) -> str:
    """The folder of the workbooks of that day. What was sent out on a day gone by is kept: counted again, it has another name."""
    nights = store.earlier("case_log")["as_of"]
    sent = (root / "outbox" / as_of.isoformat()).exists()
    return f"{as_of.isoformat()}{'_重算' if sent and len(nights) and nights.max() > as_of else ''}"


def finish_interrupted(root: Path) -> None:
    """Carry out the swap that was noted, if one was; harmless to repeat."""
    note = root / "curated" / "publishing.json"
    if not note.exists():
        return
    intended = json.loads(note.read_text(encoding="utf-8"))
    run = root / "curated" / "runs" / intended["run"]
    place = private_folder(root / "outbox") / intended["outbox"]
    try:
        _swap_folder(run / "workbooks", place)
    except PermissionError:  # on Windows a workbook that is open in Excel keeps its folder from being renamed
        raise Busy(f"{place} 里的核查表正被打开，请关闭后重新运行；新结果已算好，届时自动发布") from None
    _point_current(root / "curated" / "current", run)
    note.unlink()


def _swap_folder(new: Path, place: Path) -> None:
    """Copy ``new`` to ``place`` by way of a rename. The run keeps its own copy."""
    incoming, outgoing = place.with_name(place.name + ".new"), place.with_name(place.name + ".old")
    shutil.rmtree(incoming, ignore_errors=True)
    shutil.copytree(new, incoming)
    incoming.chmod(0o700)
    shutil.rmtree(outgoing, ignore_errors=True)
    if place.exists():
        place.rename(outgoing)
    incoming.rename(place)
    shutil.rmtree(outgoing, ignore_errors=True)


def _point_current(current: Path, run: Path) -> None:
    """A symbolic link swapped in one step; where the system grants none (Windows without the right), a renamed copy."""
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
        _swap_folder(run, current)


def _forget_old_runs(root: Path, keep: Path) -> None:
    """Of the runs beside the published one, keep the newest."""
    runs = sorted((root / "curated" / "runs").iterdir(), key=lambda p: p.name.rpartition("-")[2], reverse=True)
    for old in runs[KEEP_RUNS:]:
        if old != keep:
            shutil.rmtree(old, ignore_errors=True)


class Store:
    """The runs published under ``root``. The current one is looked up once, so that all its tables are of one run."""

    def __init__(self, root: Path) -> None:
        self.run = (root / "curated" / "current").resolve()

    def path(self, table: str) -> Path:
        """Where the current run keeps ``table``."""
        return self.run / f"{table}.parquet"

    def has(self, table: str) -> bool:
        """Does the current run have ``table``? False where nothing was published yet."""
        return self.path(table).exists()

    def earlier(self, table: str) -> pd.DataFrame:
        """A table of the run published before, its columns as declared; without rows where there is none."""
        if self.has(table):
            return pq.read_table(self.path(table)).to_pandas()
        return TABLES[table].empty_table().to_pandas()
