"""Back from an archive of ``bidui backup``, or back to an earlier run that is still kept."""

import hashlib
import io
import json
import os
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow.parquet as pq
from sqlalchemy import Connection, update

from pipelines.guard import DiskFull, is_disk_full
from pipelines.store.backup import ARCHIVE_FORMAT, MANIFEST, SETTINGS, BackupRefused, stored_tables
from pipelines.store.database import DATABASE, Database, database_named, database_setting, drop_all, has_tables, migrate
from pipelines.store.folders import private_folder, sync, sync_tree
from pipelines.store.forgotten import FORGOTTEN
from pipelines.store.lock import exclusive
from pipelines.store.noted_runs import published_runs, write_audit
from pipelines.store.publishing import bring_in_line
from pipelines.store.state import insert_rows
from pipelines.store.state_tables import RECORDS_OF_THE_STORE, REVISION, RUNS, STATE_KEYS
from schemas.county_toml import COUNTY_FILE

_STAGE = ".restoring"
_LEFT_ALONE = (COUNTY_FILE, ".gitignore", ".lock")  # what stays: a county.toml may name the database


@dataclass(frozen=True, slots=True)
class Restored:
    """``run``: the run that is current now; ``replaced``: where what was there before lies now, None where there was nothing; ``left``:
    what is not in line yet, in Chinese."""

    run: str
    replaced: Path | None
    left: list[str]


def restore(file: Path, root: Path, force: bool = False) -> Restored:
    """Restore an archive into ``root``, all of it or nothing. Exports under ``raw`` and workbooks in ``inbox`` that are there stay, and so
    does ``county.toml``; whatever else is replaced is moved aside. Raises BackupRefused where the archive is damaged, or the folder
    not empty, or the database that the settings name is not, and ``force`` not given; Busy; StoreRefused; DiskFull."""
    with _opened(file) as archive:
        manifest = _checked(archive, file)
        database = Database(root, _setting(archive, root))
        aside = root / "replaced-…"
        if not force and _holds_data(root):
            raise BackupRefused(f"{root} 里已有结果或设置。确实要用备份替换，请加 --force（原有的移到 {aside} 里）")
        if database.file is None and database.revision() is not None and not force:
            raise BackupRefused(
                f"数据库 {database.place} 里已有数据。要恢复到别的数据库，请先写一个 {root / COUNTY_FILE}（database）；"
                f"确实要用备份替换，请加 --force（原有的表另存到 {aside} 里）"
            )
        stage = root / _STAGE
        with exclusive(root):
            shutil.rmtree(stage, ignore_errors=True)
            try:
                return _restored(archive, manifest, root, private_folder(stage))
            except OSError as error:
                if is_disk_full(error):
                    raise DiskFull(f"磁盘已满，{root} 放不下备份里的数据。请清理后重新恢复") from None
                raise
            finally:
                shutil.rmtree(stage, ignore_errors=True)


def _opened(file: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        raise BackupRefused(f"{file} 不是 bidui backup 写成的备份，或已损坏") from None


def _checked(archive: zipfile.ZipFile, file: Path) -> Mapping[str, Any]:
    """The manifest of an archive in which every member is what it was. Raises BackupRefused."""
    damaged = BackupRefused(f"备份 {file} 已损坏，没有恢复任何数据。请用另一份备份")
    try:
        manifest = json.loads(archive.read(MANIFEST))
        sums, run, revision = manifest["members"], manifest["run"], manifest["revision"]
        newer = manifest["format"] > ARCHIVE_FORMAT or revision > REVISION
    except KeyError:
        raise BackupRefused(f"{file} 不是 bidui backup 写成的备份") from None
    except (ValueError, TypeError, zipfile.BadZipFile, OSError):
        raise damaged from None
    if newer:
        raise BackupRefused(f"备份 {file} 由更新版本的程序写成。请安装新版本后再恢复")
    names = set(archive.namelist()) - {MANIFEST}
    if names != set(sums) or not all(_is_inside(name) for name in (*names, run)):
        raise damaged
    for name in sorted(names):
        total = hashlib.sha256()
        try:
            with archive.open(name) as member:
                while piece := member.read(1 << 20):
                    total.update(piece)
        except (zipfile.BadZipFile, OSError, EOFError):
            raise damaged from None
        if total.hexdigest() != sums[name]:
            raise damaged
    return manifest


def _is_inside(name: str) -> bool:
    """Is it a path that leads nowhere but down?"""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and ":" not in name


def _setting(archive: zipfile.ZipFile, root: Path) -> str | None:
    """Which database it will be: a county.toml that is there stays, else the archive's takes its place."""
    member = f"settings/{COUNTY_FILE}"
    if (root / COUNTY_FILE).exists() or member not in archive.namelist():
        return database_setting(root)
    return database_named(archive.read(member))


def _holds_data(root: Path) -> bool:
    """Is there anything that would be replaced?"""
    found = [path for name in ("curated", "outbox") for path in (root / name).rglob("*") if path.name not in _LEFT_ALONE]
    return bool(found) or any((root / name).exists() for name in SETTINGS if name not in _LEFT_ALONE)


def _restored(archive: zipfile.ZipFile, manifest: Mapping[str, Any], root: Path, stage: Path) -> Restored:
    """Unpack beside the place, then: the run's folder, the store, the rest; a kill in between leaves what was, or what is new."""
    run = str(manifest["run"])
    _unpack(archive, stage)
    aside = root / f"replaced-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    curated = private_folder(root / "curated")
    _replace(stage / "run" / run, private_folder(curated / "runs") / run, aside / "runs" / run)
    for snapshot in (stage / "snapshots").glob("*"):
        os.replace(snapshot, private_folder(curated / "snapshots") / snapshot.name)
    if not (root / COUNTY_FILE).exists() and (stage / "settings" / COUNTY_FILE).exists():
        os.replace(stage / "settings" / COUNTY_FILE, root / COUNTY_FILE)
    database = _store_of(archive, manifest, root, aside)
    with database.reading() as connection:
        published = published_runs(connection)
    kept = {known.run_id for known in published}
    for other in [folder for folder in (curated / "runs").iterdir() if folder.name not in kept]:
        _replace(None, other, aside / "runs" / other.name)
    for outbox in {known.outbox for known in published if known.outbox and not known.followed}:
        _replace(None, root / "outbox" / outbox, aside / "outbox" / outbox)
    for name in SETTINGS:
        if name != COUNTY_FILE and (stage / "settings" / name).exists():
            _replace(stage / "settings" / name, root / name, aside / name)
    for inside, place in (("inbox", root / "inbox"), ("forgotten", root / FORGOTTEN)):
        _add_files(stage / inside, place)
    left = bring_in_line(root, database)
    return Restored(run, aside if aside.exists() else None, left)


def _add_files(source: Path, place: Path) -> None:
    """Put the files under ``source`` under ``place``; one that is there already stays."""
    for path in source.rglob("*"):
        target = place / path.relative_to(source)
        if path.is_file() and not target.exists():
            private_folder(target.parent)
            os.replace(path, target)


def _unpack(archive: zipfile.ZipFile, stage: Path) -> None:
    for name in archive.namelist():
        if name.partition("/")[0] in ("run", "snapshots", "settings", "inbox", "forgotten"):
            target = stage.joinpath(*PurePosixPath(name).parts)
            private_folder(target.parent)
            with archive.open(name) as member, target.open("wb") as file:
                shutil.copyfileobj(member, file)
            target.chmod(0o600)
    sync_tree(stage)


def _store_of(archive: zipfile.ZipFile, manifest: Mapping[str, Any], root: Path, aside: Path) -> Database:
    """Fill the store from the archive: a new file that takes the old one's place, or one transaction in PostgreSQL."""
    setting = database_setting(root)
    filled = Database(root, setting, f"{DATABASE}.tmp")
    filled.create_file()
    with filled.writing() as connection:
        if setting:
            _keep_tables(connection, aside / "store")
            drop_all(connection)
        migrate(connection, str(manifest["revision"]))
        written = set(archive.namelist())
        for name in (*STATE_KEYS, *(table.name for table in RECORDS_OF_THE_STORE)):
            if _member(name) in written:  # a version before may not have had it
                insert_rows(connection, name, pq.read_table(io.BytesIO(archive.read(_member(name)))))
        migrate(connection)
        _after_rows(connection)
        connection.execute(update(RUNS).where(RUNS.c.run_id == manifest["run"]).values(followed=None))
        write_audit(connection, "restore", str(manifest["run"]), {"members": len(manifest["members"])})
    place = root / "curated" / DATABASE
    if filled.file:
        sync(filled.file)
        if place.exists():
            shutil.copy2(place, private_folder(aside) / DATABASE)
        os.replace(filled.file, place)
        sync(place.parent)
    return Database(root, setting)


def _keep_tables(connection: Connection, folder: Path) -> None:
    """Keep the tables of a PostgreSQL database, which are about to be replaced, as Parquet files (0600)."""
    if not has_tables(connection):
        return
    for name, table in stored_tables(connection):
        path = private_folder(folder) / f"{name}.parquet"
        pq.write_table(table, path, compression="zstd")
        path.chmod(0o600)
    sync_tree(folder)


def _member(table: str) -> str:
    return f"store/{table}.parquet"


def _after_rows(connection: Connection) -> None:
    """PostgreSQL counts some numbers itself, and has not seen those that were restored."""
    if connection.dialect.name == "postgresql":
        for name in ("audit", "deliveries"):
            connection.exec_driver_sql(
                f"select setval(pg_get_serial_sequence('{name}', 'number'), (select max(number) from {name}))"
            )


def _replace(new: Path | None, place: Path, aside: Path) -> None:
    """Put ``new`` into its place; what was there goes aside."""
    if place.exists():
        private_folder(aside.parent)
        os.replace(place, aside)
    if new is not None and new.exists():
        os.replace(new, place)
