"""One archive of all that cannot be made again: the store, the current run, the settings, what townships sent back.

A zip file. ``manifest.json`` has the format, the store's format, the run, and the SHA-256 of every other member::

    store/<table>.parquet     the store's tables, whichever database they were in
    run/<id>/…                tables and workbooks of the current run
    snapshots/…               the exports that it was read from, as they were read
    settings/…                county.toml, divisions.csv, model.json, intake.xlsx, 包保责任人.xlsx
    inbox/…                   returned workbooks
    forgotten/<id>/…          nights that were taken out of the history: their cases' numbers are never given again

Exports (``raw``) are not in it: the systems export them again.
"""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, Table, inspect, select

from pipelines.guard import DiskFull, Foreseen, is_disk_full
from pipelines.store.database import Database, database_setting, selected_rows
from pipelines.store.folders import sync
from pipelines.store.forgotten import FORGOTTEN
from pipelines.store.model_file import MODEL
from pipelines.store.noted_runs import Run, current_run, now
from pipelines.store.noting import note_use
from pipelines.store.runs import folder_of, is_whole
from pipelines.store.snapshots import Snapshots
from pipelines.store.state import read_state
from pipelines.store.state_tables import RECORDS_OF_THE_STORE, REVISION, STATE_KEYS
from schemas.county_toml import COUNTY_FILE
from schemas.divisions.divisions_file import DIVISIONS_FILE
from schemas.responsible_roles import RESPONSIBLE_FILES
from schemas.tables import TABLES

ARCHIVE_FORMAT = 1
MANIFEST = "manifest.json"
SETTINGS = (COUNTY_FILE, DIVISIONS_FILE, MODEL, "intake.xlsx", *RESPONSIBLE_FILES)
_PIECE = 1 << 20


class BackupRefused(Foreseen):
    """No archive can be made, or this one cannot be restored; the message, in Chinese, says why."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What was put into an archive. ``run``: the id of the current run; ``size``: of the archive, in bytes; ``unnoted``: in Chinese, why
    the audit has no line of it, None where it has."""

    run: str
    members: int
    size: int
    unnoted: str | None


def back_up(root: Path, out: Path) -> Backup:
    """Write the archive ``out`` (0600); an older file of that name is replaced once the new one is whole. Runs while another command
    is at work, and where the data folder is only to be read. Raises BackupRefused, StoreRefused and DiskFull."""
    database = Database(root, database_setting(root))
    part = out.with_name(out.name + ".part")
    try:
        with part.open("wb") as file:
            os.chmod(part, 0o600)
            with zipfile.ZipFile(file, "w") as archive:
                run, members = _write(archive, root, database)
        sync(part)
        os.replace(part, out)
        sync(out.absolute().parent)
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull(f"磁盘已满，写不下备份 {out}。请换一处存放") from None
        raise
    finally:
        part.unlink(missing_ok=True)
    size = out.stat().st_size
    return Backup(run.run_id, members, size, note_use(root, "backup", {"members": members, "bytes": size}))


def _write(archive: zipfile.ZipFile, root: Path, database: Database) -> tuple[Run, int]:
    if not database.exists() or database.revision() is None:
        raise BackupRefused(f"{root} 还没有数据库可备份，请先运行 bidui run")
    sums: dict[str, str] = {}
    with database.reading() as connection:
        run = current_run(connection)
        if run is None:
            raise BackupRefused(f"{root} 下还没有比对结果可备份，请先运行 bidui run")
        for name, table in stored_tables(connection):
            buffer = io.BytesIO()
            pq.write_table(table, buffer, compression="zstd")
            member = f"store/{name}.parquet"
            archive.writestr(member, buffer.getvalue())
            sums[member] = hashlib.sha256(buffer.getvalue()).hexdigest()
    folder = folder_of(root, run.run_id)
    if damaged := [name for name in TABLES if not is_whole(folder / f"{name}.parquet")]:
        raise BackupRefused(f"{folder} 里的 {'、'.join(damaged)} 不见了或已损坏，不能备份。请运行 bidui run 重新生成后再备份")
    for member, path in _files(root, run, folder):
        sums[member] = _add(archive, member, path)
    manifest = {"format": ARCHIVE_FORMAT, "revision": REVISION, "made": now(), "run": run.run_id, "members": sums}
    archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return run, len(sums)


def stored_tables(connection: Connection) -> Iterator[tuple[str, pa.Table]]:
    """Every table of the store, by name; those of a newer format, which a store that no run has opened since lacks, are left out."""
    present = set(inspect(connection).get_table_names())
    for name in STATE_KEYS:
        if name in present:
            yield name, read_state(connection, name)
    for table in RECORDS_OF_THE_STORE:
        if table.name in present:
            yield table.name, _rows(connection, table)


def _files(root: Path, run: Run, folder: Path) -> Iterator[tuple[str, Path]]:
    """(member, file) of all that is not the store."""
    read_from = [digest for digest in pq.read_table(folder / "files.parquet", columns=["sha256"])["sha256"].to_pylist() if digest]
    snapshots = root / "curated" / "snapshots"
    for inside, place, files in (
        (f"run/{run.run_id}", folder, folder.rglob("*")),
        ("snapshots", snapshots, Snapshots(snapshots).of(read_from)),
        ("settings", root, [root / name for name in SETTINGS]),
        ("inbox", root / "inbox", (root / "inbox").rglob("*")),
        ("forgotten", root / FORGOTTEN, (root / FORGOTTEN).rglob("*")),
    ):
        for path in sorted(files):
            if path.is_file():
                yield f"{inside}/{path.relative_to(place).as_posix()}", path


def _add(archive: zipfile.ZipFile, member: str, path: Path) -> str:
    """Add a file; returns its sum."""
    total = hashlib.sha256()
    with path.open("rb") as source, archive.open(member, "w", force_zip64=True) as target:
        while piece := source.read(_PIECE):
            total.update(piece)
            target.write(piece)
    return total.hexdigest()


def _rows(connection: Connection, table: Table) -> pa.Table:
    """A table of the store that is no published one."""
    kinds = {"INTEGER": pa.int32(), "DATE": pa.date32(), "TEXT": pa.string()}
    schema = pa.schema([(column.name, kinds[str(column.type)]) for column in table.columns])
    rows = selected_rows(connection, select(table).order_by(*table.primary_key))
    return pa.Table.from_pylist([dict(row) for row in rows], schema)
