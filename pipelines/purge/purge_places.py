"""The places of a data folder, and what a purge does with a file of each that says something of whom or what is taken out."""

import json
import zipfile
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

from pipelines.store.backup import MANIFEST
from pipelines.store.database import DATABASE
from pipelines.store.forgotten import FORGOTTEN


class Place(StrEnum):
    """A place; its value is what it is called."""

    DATABASE = "数据库"
    TABLES = "当前结果的数据表"
    BOOKS = "当前结果和 outbox 里的核查表"
    INBOX = "inbox 里收回的核查表"
    FORGOTTEN = "curated/forgotten 里撤下的历史"
    OLD_RUNS = "以前各次比对的文件夹"
    SNAPSHOTS = "curated/snapshots 里的快照"
    COPIES = "旧副本（损坏的数据库、恢复时移开的、临时文件、本文件夹里的备份）"
    RAW = "raw 里的原始导出"
    OTHER = "其他文件"


REWRITTEN = (Place.DATABASE, Place.TABLES, Place.BOOKS, Place.INBOX, Place.FORGOTTEN)
REMOVED = (Place.OLD_RUNS, Place.SNAPSHOTS, Place.COPIES)


def place_of(root: Path, path: Path, run_id: str) -> Place:
    """Where the file ``path`` lies. ``run_id``: of the current run."""
    inside = path.relative_to(root)
    parts, is_book = inside.parts, path.suffix.lower() in (".xlsx", ".xlsm")
    if parts[0] == "raw":
        return Place.RAW
    if parts[0].startswith("replaced-") or parts[:2] == ("curated", ".temporary") or _is_backup(path):
        return Place.COPIES
    if parts[0] in ("outbox", "inbox") or parts[:2] == ("curated", "collected"):
        return (Place.BOOKS if parts[0] == "outbox" else Place.INBOX) if is_book else Place.OTHER
    if parts[0] != "curated":
        return Place.OTHER
    if parts[1] in (DATABASE, f"{DATABASE}-journal"):
        return Place.DATABASE
    if parts[1] in ("runs", "current") and len(parts) > 3 - (parts[1] == "current"):
        if parts[1] == "runs" and parts[2] != run_id:
            return Place.OLD_RUNS
        return Place.BOOKS if is_book else Place.TABLES if path.suffix == ".parquet" else Place.OTHER
    if parts[1] == "snapshots":
        return Place.SNAPSHOTS
    if inside.is_relative_to(FORGOTTEN):
        return Place.FORGOTTEN
    return Place.COPIES if len(parts) == 2 else Place.OTHER


def by_place(root: Path, paths: Iterable[Path], run_id: str) -> dict[Place, list[Path]]:
    """The files of each place, in the order of the places."""
    found: dict[Place, list[Path]] = {place: [] for place in Place}
    for path in sorted(paths):
        found[place_of(root, path, run_id)].append(path)
    return {place: files for place, files in found.items() if files}


def told(counts: Mapping[Place, int], places: Iterable[Place]) -> str:
    """How many files of which of the ``places``, in Chinese."""
    return "；".join(f"{place} {counts[place]:,}" for place in places if counts.get(place))


def _is_backup(path: Path) -> bool:
    """Is the file an archive that ``bidui backup`` wrote?"""
    if path.suffix.lower() != ".zip":
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "members" in json.loads(archive.read(MANIFEST))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return False
