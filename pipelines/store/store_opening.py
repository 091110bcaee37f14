"""How a run opens the store: makes it on the first night, brings it to the newest format, mends what can be mended, and clears away
what a run that was killed has left."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.guard import is_disk_full
from pipelines.store.database import DATABASE, Database, StoreDamaged, migrate
from pipelines.store.folders import private_folder, sync
from pipelines.store.noted_runs import Run, begin_run, dead_runs, end_run, last_number, published_runs, write_audit
from pipelines.store.publishing import bring_in_line, commit, put_on_disk
from pipelines.store.retention import forget_old, forget_snapshots
from pipelines.store.row_key import make_row_key, read_row_key
from pipelines.store.runs import Store, folder_of, is_whole
from pipelines.store.state import change_of, read_state
from pipelines.store.state_tables import LATER_TABLES, REVISION, STATE_KEYS
from pipelines.store.takeover import noted_run, take_over
from schemas.memory_database import memory_database
from schemas.settings import Retention
from schemas.tables import TABLES

_LEFT = ("*.tmp", "*.part", "*.partial", "*/*.partial", ".new-*", ".old-*", "*.new", "*.old", "current.link")


class OpenStore(Store):
    """The store as a run has it, the only one that may write. State comes from the database, other tables of the run before from its
    folder. ``notes``: what had to be mended, in Chinese."""

    def __init__(self, root: Path, database: Database) -> None:
        self.root, self.database, self.notes = root, database, list[str]()
        self.published, self._published = False, list[Run]()
        self.row_key: bytes | None = None
        self._state: dict[str, pa.Table] = {}

    def earlier(self, table: str) -> pd.DataFrame:
        """A table of the run published before; without rows where there is none. Where that run's folder is damaged, state is still
        here, and any other table is taken from the newest run that has it."""
        if table in STATE_KEYS:
            return self.state(table).select(TABLES[table].names).to_pandas()
        for run in self.folders():
            path = run / f"{table}.parquet"
            if is_whole(path):
                return pq.read_table(path).to_pandas()
        return TABLES[table].empty_table().to_pandas()

    def folders(self) -> list[Path]:
        """The folders of the published runs, the newest first."""
        return [folder_of(self.root, run.run_id) for run in reversed(self._published)]

    def state(self, table: str) -> pa.Table:
        """A state table as it is before the run."""
        if table not in self._state:
            with self.database.reading() as connection:
                self._state[table] = read_state(connection, table)
        return self._state[table]

    @contextmanager
    def new_run(self, as_of: date) -> Iterator[Path]:
        """A new empty folder ``curated/runs/<as_of>-<number>``, removed again if the run is not published."""
        with self.database.writing() as connection:
            number = max(last_number(connection), _greatest_folder(self.root)) + 1
            run = folder_of(self.root, f"{as_of:%Y%m%d}-{number:04d}")
            begin_run(connection, number, run.name, as_of)
        try:
            yield private_folder(run)
        except BaseException as error:
            if not self._is_published(run):
                self._give_up(run)
            if is_disk_full(error):
                forget_snapshots(self.root, timedelta())
            raise

    def publish(self, run: Path, outbox: str, left_out: list[str]) -> list[str]:
        """Make ``run`` the current one, its workbooks those of the folder ``outbox`` of the outbox. Returns what could not follow yet, in Chinese."""
        put_on_disk(self.root, run)
        with memory_database(self.root / "curated") as con:
            changes = [change_of(con, name, self.state(name), pq.read_table(run / f"{name}.parquet")) for name in STATE_KEYS]
        commit(self.database, run, changes, outbox, left_out)
        self._state.clear()
        return bring_in_line(self.root, self.database)

    def forget_old(self, keep: Retention, today: date) -> None:
        """Remove what the settings no longer keep; what cannot be removed is left for the next time."""
        self.read_runs()
        gone = forget_old(self.root, self._published, keep, today)
        if any(gone.values()):
            with self.database.writing() as connection:
                write_audit(connection, "retention", counts=gone)

    def outbox_of(self, as_of: date, last_night: date | None) -> str:
        """The folder of the workbooks of that day. What was sent out on a day gone by is kept: counted again, it has another name.
        ``last_night``: of the history."""
        sent = (self.root / "outbox" / as_of.isoformat()).exists()
        return f"{as_of.isoformat()}{'_重算' if sent and last_night and last_night > as_of else ''}"

    def read_runs(self) -> None:
        """Look up the runs that are published now."""
        with self.database.reading() as connection:
            self._published = published_runs(connection)
        current = self._published[-1].run_id if self._published else "-"
        self.run, self.published = folder_of(self.root, current), bool(self._published)

    def clear(self) -> None:
        """Remove what runs have left that were killed, or failed."""
        with self.database.writing() as connection:
            for run_id in dead_runs(connection):
                end_run(connection, run_id, "failed")
                write_audit(connection, "killed", run_id)
        kept = {run.run_id for run in self._published}
        for folder in (self.root / "curated" / "runs").glob("*"):
            if folder.name not in kept:
                _remove(folder)
        for place in (self.root / "curated", self.root / "outbox", self.root / "curated" / "snapshots"):
            for pattern in _LEFT:
                for path in place.glob(pattern):
                    _remove(path)

    def _is_published(self, run: Path) -> bool:
        """Whether the transaction came through; where that cannot be told, the folder is better kept."""
        try:
            with self.database.reading() as connection:
                return any(known.run_id == run.name for known in published_runs(connection))
        except Exception:
            return True

    def _give_up(self, run: Path) -> None:
        for path in (run, *(self.root / "outbox").glob(f".new-{run.name}*")):
            _remove(path)
        try:
            with self.database.writing() as connection:
                end_run(connection, run.name, "failed")
                write_audit(connection, "failed", run.name)
        except Exception:  # the next run notes it
            return


def open_store(root: Path, setting: str | None) -> OpenStore:
    """The store of a data folder, ready for a run; the caller holds the lock. Raises StoreRefused, and OSError where the system refuses."""
    private_folder(root / "curated" / "runs")
    store = OpenStore(root, Database(root, setting))
    try:
        fresh = not store.database.exists() or store.database.revision() is None
        if not fresh:
            store.database.check_whole()
    except StoreDamaged:
        fresh = True
        aside = _set_aside(root / "curated" / DATABASE)
        store.notes.append(f"完好的数据库（已损坏的文件留在 curated/{aside}）")
    if fresh:
        store.notes += _make(root, setting)
    elif store.database.revision() != REVISION:
        with store.database.writing() as connection:
            migrate(connection)
    store.row_key = _row_key(store.database)
    store.notes += bring_in_line(root, store.database)
    (root / "curated" / "publishing.json").unlink(missing_ok=True)
    store.read_runs()
    if store.published and not all(is_whole(store.path(table)) for table in TABLES if table not in LATER_TABLES):
        store.notes.append(f"完好的上次结果（curated/runs/{store.run.name} 不见了或已损坏；编号和个案取自数据库，未受影响）")
    store.clear()
    return store


def _row_key(database: Database) -> bytes:
    with database.reading() as connection:
        key = read_row_key(connection)
    if key is None:
        with database.writing() as connection:
            key = make_row_key(connection)
    return key


def _make(root: Path, setting: str | None) -> list[str]:
    """Make the store's tables and take over what an earlier version published, all of it or nothing. Returns notes, in Chinese."""
    database = Database(root, setting, f"{DATABASE}.tmp")
    database.create_file()
    with database.writing() as connection:
        migrate(connection)
        notes = take_over(connection, root, noted_run(root))
    if database.file:
        sync(database.file)
        os.replace(database.file, root / "curated" / DATABASE)
        sync(root / "curated")
    return notes


def _set_aside(file: Path) -> str:
    """Rename a damaged database, and what belongs to it; returns its new name."""
    number = 1
    while (aside := file.with_name(f"{file.name}.damaged-{number}")).exists():
        number += 1
    for ending in ("-journal", "-wal", "-shm"):
        if (other := file.with_name(file.name + ending)).exists():
            other.rename(aside.with_name(aside.name + ending))
    file.rename(aside)
    return aside.name


def _greatest_folder(root: Path) -> int:
    names = [folder.name.rpartition("-")[2] for folder in (root / "curated" / "runs").iterdir()]
    return max((int(name) for name in names if name.isdigit()), default=0)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
