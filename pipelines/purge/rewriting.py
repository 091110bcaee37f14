"""The folder that a purge works on, and how the published tables and the store are rewritten: all of it audited first, then in one transaction."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.guard import Foreseen
from pipelines.store.audit import audit
from pipelines.store.county_file import settings_of
from pipelines.store.database import Database, database_setting
from pipelines.store.folders import private_folder, sync_tree
from pipelines.store.noted_runs import Run, published_runs, write_audit
from pipelines.store.publishing import bring_in_line
from pipelines.store.runs import folder_of, is_whole
from pipelines.store.state import change_of, read_state, write_change
from pipelines.store.state_tables import REVISION, STATE_KEYS
from schemas.memory_database import memory_database
from schemas.settings import Settings
from schemas.tables import TABLES

_TELL_WHO = ("identities", "persons", "records")  # replaced last: a purge that was killed is run again by what they say
_STAGED = ".purge.tmp"  # under curated; the next run clears it away where this one was killed
Rewrite = Callable[[str, pa.Table], pa.Table]  # name of a published table, its rows -> its rows as they are to be


class PurgeRefused(Foreseen):
    """Nothing was taken out; the message says in Chinese why."""


@dataclass(slots=True)
class Purged:
    """What was done. ``lines``: in Chinese, without a name; ``left``: is something left that must be mended by hand?"""

    lines: list[str] = field(default_factory=list)
    left: bool = False


@dataclass(frozen=True, slots=True)
class PurgedFolder:
    """A data folder before its purge. ``published``: all published runs, the current one last; ``state``: the store's tables, columns as published."""

    root: Path
    settings: Settings
    database: Database
    published: tuple[Run, ...]
    state: dict[str, pa.Table]

    @property
    def run(self) -> Run:
        """The current run."""
        return self.published[-1]

    @property
    def tables(self) -> Path:
        """The folder of the current run."""
        return folder_of(self.root, self.run.run_id)


def opened_folder(root: Path) -> PurgedFolder:
    """The data folder; the caller holds its lock. Raises PurgeRefused where its current run is not whole, or of another version."""
    database = Database(root, database_setting(root))
    if not database.exists() or database.revision() != REVISION:
        raise PurgeRefused("还没有比对结果，或结果是旧版本生成的，请先运行 bidui run")
    with database.reading() as connection:
        published = tuple(published_runs(connection))
        state = {name: read_state(connection, name).select(TABLES[name].names) for name in STATE_KEYS}
    if not published or not all(is_whole(folder_of(root, published[-1].run_id) / f"{name}.parquet") for name in TABLES):
        raise PurgeRefused("当前结果不完整，请先运行 bidui run 重新生成")
    return PurgedFolder(root, settings_of(root), database, published, state)


def _rewritten(folder: PurgedFolder, rewrite: Rewrite) -> Iterator[tuple[str, pa.Table, pa.Table]]:
    """Each table of the current run: its name, as it is, as it is to be."""
    for name in TABLES:
        before = pq.read_table(folder.tables / f"{name}.parquet")
        yield name, before, rewrite(name, folder.state[name] if name in STATE_KEYS else before)


def tables_to_change(folder: PurgedFolder, rewrite: Rewrite) -> int:
    """How many tables of the current run ``rewrite_tables`` would change."""
    return sum(not after.equals(before) for _, before, after in _rewritten(folder, rewrite))


def rewrite_tables(
    folder: PurgedFolder, rewrite: Rewrite, noted: Mapping[str, object], files: Callable[[], None] = lambda: None
) -> int:
    """Rewrite the tables of the current run and of the store, with a line of the audit (``noted``: its counts); nothing where the tables would break
    a rule. ``files``: what is to be done to other files, once that is known and while the tables still say who it is about, so that it can be repeated
    after a kill. Returns how many tables changed. Raises AuditFailed."""
    staged, changed = private_folder(folder.root / "curated" / _STAGED), 0
    try:
        for name, before, after in _rewritten(folder, rewrite):
            changed += not after.equals(before)
            pq.write_table(after, staged / f"{name}.parquet", compression="zstd")
            (staged / f"{name}.parquet").chmod(0o600)
        audit(staged, folder.run.as_of, folder.settings, folder.root / "curated")
        files()
        _change_store(folder, staged, noted)
        for name in sorted(TABLES, key=lambda table: table in _TELL_WHO):
            os.replace(staged / f"{name}.parquet", folder.tables / f"{name}.parquet")
        sync_tree(folder.tables)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return changed


def close_folder(folder: PurgedFolder) -> None:
    """Leave nothing of rows that went in the database's free room, and bring the copy of the current run in line."""
    folder.database.rewrite(STATE_KEYS)
    current = folder.root / "curated" / "current"
    if current.is_dir() and not current.is_symlink():  # a copy, where the system grants no links
        shutil.rmtree(current)
    bring_in_line(folder.root, folder.database)


def _change_store(folder: PurgedFolder, staged: Path, noted: Mapping[str, object]) -> None:
    with memory_database(folder.root / "curated") as con, folder.database.writing() as connection:
        rows = 0
        for name in STATE_KEYS:
            change = change_of(con, name, read_state(connection, name), pq.read_table(staged / f"{name}.parquet"))
            rows += max(len(change.gone), len(change.added))
            write_change(connection, change)
        write_audit(connection, "purge", folder.run.run_id, {**noted, "rows": rows})
