"""How much room on the disk a run needs."""

import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.store.folders import size_of
from pipelines.store.snapshots import Snapshots

# Measured on counties of 2,000 children up to 306,000 rows (docs/store.md), each with a margin.
_FIRST, _FIRST_AT_LEAST = 6.0, 1_200_000  # times the exports packed; bytes of the workbooks of twenty townships without a child
_LATER = 1.28  # times the night before: the second adds what changed
_PACKED = (".xlsx", ".xlsm", ".ods", ".zip", ".et")
_PLAIN_TO_PACKED = 0.35  # of .csv, .txt, .xls, of which packing leaves a third


def room_of_a_run(root: Path) -> int | None:
    """About how many bytes a run writes, at its fullest. After the first: what the last one wrote, and the snapshots of exports that came
    since. Before: reckoned from what lies under ``raw``. None where nothing can be read."""
    try:
        run = (root / "curated" / "current").resolve()
        exports = [path for path in (root / "raw").rglob("*") if path.is_file()]
        if run.is_dir():
            return int(_LATER * _fullest(run)) + _new_snapshots(root, run, exports)
        return int(_FIRST_AT_LEAST + _FIRST * sum(map(_packed, exports))) if exports else 0
    except (OSError, pa.ArrowException, zipfile.BadZipFile):
        return None


def _packed(path: Path) -> float:
    size = path.stat().st_size
    return size if path.suffix.lower() in _PACKED else size * _PLAIN_TO_PACKED


def _fullest(run: Path) -> int:
    """The tables, and what is more: the workbooks and their copy in the outbox, or the workbooks while the largest is written, whose
    sheets lie beside it until they are packed."""
    books = size_of(run / "workbooks")
    largest = max((run / "workbooks").rglob("*.xlsx"), key=lambda path: path.stat().st_size, default=None)
    unpacked = 0
    if largest is not None:
        with zipfile.ZipFile(largest) as book:
            unpacked = sum(part.file_size for part in book.infolist()) - largest.stat().st_size
    return size_of(run) + max(books, unpacked)


def _new_snapshots(root: Path, run: Path, exports: list[Path]) -> int:
    """As large as those of the last run, in the share of the exports that are newer than it."""
    digests = pq.read_table(run / "files.parquet", columns=["sha256"])["sha256"].to_pylist()
    kept = Snapshots(root / "curated" / "snapshots").of([digest for digest in digests if digest])
    since = run.stat().st_mtime
    new, all_of_them = (sum(path.stat().st_size for path in exports if path.stat().st_mtime > after) for after in (since, 0))
    return int(sum(path.stat().st_size for path in kept) * new / all_of_them) if all_of_them else 0
