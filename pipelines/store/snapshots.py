"""Sheets as they were read, kept by the fingerprint of their file: what did not change is not read again, columns that
nobody knows are kept, and yesterday's export is still there where today's is broken."""

import json
import os
import time
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from threading import get_ident

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.files.grid import Grid
from pipelines.store.folders import private_folder

_READER = 6  # raise it when the same file would be read otherwise
_ABOUT = b"bidui"


class Snapshots:
    """A folder (0700) of Parquet files (0600), one per sheet: its cells as text, columns c0, c1, …."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, sha256: str) -> list[Grid] | None:
        """The sheets of the file; None where it was never read, or what is there cannot be."""
        first = self._path(sha256, 0)
        try:
            count = json.loads(pq.read_schema(first).metadata[_ABOUT])["sheets"]
            paths = [self._path(sha256, number) for number in range(count)]
            for path in paths:
                os.utime(path)  # used now
            return [self._load(path) for path in paths]
        except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
            return None

    def save(self, sha256: str, grids: list[Grid]) -> None:
        """Keep the sheets; the first is written last, for its being there means that all are."""
        private_folder(self.folder)
        for number in reversed(range(len(grids))):
            grid = grids[number]
            about = {
                "sheets": len(grids), "sheet": grid.sheet, "first_row": grid.first_row, "from_1904": grid.from_1904,
                "filled": grid.filled, "errors": grid.errors, "spans": grid.spans, "notes": grid.notes,
                "longer": grid.longer,
            }  # fmt: skip
            names = [f"c{i}" for i in range(len(grid.columns))]
            table = pa.table(dict(zip(names, grid.columns, strict=True)))
            table = table.replace_schema_metadata({_ABOUT: json.dumps(about).encode("utf-8")})
            path = self._path(sha256, number)
            waiting = path.with_suffix(f".{get_ident()}.tmp")  # the same file may be read twice at a time
            try:
                pq.write_table(table, waiting, compression="zstd")
                waiting.chmod(0o600)
                os.replace(waiting, path)
            finally:
                waiting.unlink(missing_ok=True)

    def keep(self, wanted: Collection[str], longer: timedelta) -> None:
        """Remove what is of no file in ``wanted`` (fingerprints) and was written or loaded more than ``longer`` ago."""
        kept, before = set(self.of(wanted)), time.time() - longer.total_seconds()
        for path in self.folder.glob("*.parquet"):
            if path not in kept and path.stat().st_mtime <= before:
                path.unlink(missing_ok=True)

    def of(self, wanted: Collection[str]) -> list[Path]:
        """The files that hold the sheets of these ``wanted`` files (fingerprints)."""
        heads = {self._path(sha256, 0).name.rpartition("-")[0] for sha256 in wanted}
        return [path for path in self.folder.glob("*.parquet") if path.name.rpartition("-")[0] in heads]

    def _path(self, sha256: str, number: int) -> Path:
        return self.folder / f"r{_READER}-{sha256}-{number}.parquet"

    @staticmethod
    def _load(path: Path) -> Grid:
        table = pq.read_table(path)
        about = json.loads(table.schema.metadata[_ABOUT])
        columns = [c.combine_chunks() for c in table.columns]
        columns = [pa.concat_arrays(c.chunks) if isinstance(c, pa.ChunkedArray) else c for c in columns]
        filled, errors, spans, notes = ([tuple(item) for item in about[key]] for key in ("filled", "errors", "spans", "notes"))
        first_row, from_1904 = about["first_row"], about["from_1904"]
        return Grid(about["sheet"], columns, first_row, from_1904, filled, errors, spans, notes, about["longer"])
