"""The published runs: the current one is asked for once, and all is read from its folder."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.guard import Foreseen
from pipelines.store.database import Database, database_setting
from pipelines.store.folders import replace_text
from pipelines.store.noted_runs import Run, published_runs
from pipelines.store.publishing import follow
from pipelines.store.row_key import read_row_key

if TYPE_CHECKING:  # take a quarter of a second to load, which a question does without
    import pandas as pd
    import pyarrow as pa


_MAGIC = b"PAR1"  # what a whole Parquet file begins and ends with


class ResultsDamaged(Foreseen):
    """The folder of the current run is gone, or a table in it is not whole; the message, in Chinese, says how to mend it."""


def write_tables(run: Path, tables: "dict[str, pa.Table]") -> None:
    """Every published table as ``run/<name>.parquet`` (0600), two at a time: compressing one takes one core."""
    import pyarrow.parquet as pq

    from pipelines.store.conform import conform
    from schemas.tables import TABLES

    def write(name: str) -> None:
        path = run / f"{name}.parquet"
        pq.write_table(conform(tables[name], name), path, compression="zstd")
        path.chmod(0o600)

    with ThreadPoolExecutor(2) as threads:
        for _ in threads.map(write, TABLES):
            pass  # raises the error of a table that could not be written


def write_report(run: Path, report: dict[str, object]) -> None:
    """The run report: counts, codes and times; no values of persons. One that is there already is whole until then."""
    replace_text(run / "report.json", json.dumps(report, ensure_ascii=False, indent=1))


def folder_of(root: Path, run_id: str) -> Path:
    """Where a run keeps its tables and workbooks."""
    return root / "curated" / "runs" / run_id


class Store:
    """The runs published under ``root``. The current one is looked up once, so that all its tables are of one run. ``run``: its folder;
    ``published``: whether there is one.

    ``row_key``: the folder's secret (``pipelines.store.row_key``), None where it has none yet.

    Raises StoreRefused where the database cannot be read.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.published = True
        self.row_key: bytes | None = None
        self.run = self._current(Database(root, database_setting(root)))

    def path(self, table: str) -> Path:
        """Where the current run keeps ``table``."""
        return self.run / f"{table}.parquet"

    def has(self, table: str) -> bool:
        """Does the current run have ``table``? False where nothing was published yet."""
        return self.path(table).exists()

    def earlier(self, table: str) -> "pd.DataFrame":
        """A table of the run published before, its columns as declared; without rows where there is none."""
        import pyarrow.parquet as pq

        from schemas.tables import TABLES

        if not self.has(table):
            return TABLES[table].empty_table().to_pandas()
        self.check_whole(table)
        return pq.read_table(self.path(table)).to_pandas()

    def earlier_columns(self, columns: Mapping[str, Sequence[str]]) -> "list[pa.Table]":
        """These ``columns`` of tables that belong together (table -> its columns), from the newest run that has all of them whole;
        without rows where none has."""
        import pyarrow.parquet as pq

        from schemas.tables import TABLES

        for run in self.folders():
            paths = [run / f"{table}.parquet" for table in columns]
            wanted = zip(paths, columns.values(), strict=True)
            if all(is_whole(path) and {*names} <= {*pq.read_schema(path).names} for path, names in wanted):
                return [pq.read_table(path, columns=list(names)) for path, names in zip(paths, columns.values(), strict=True)]
        return [TABLES[table].empty_table().select(list(names)) for table, names in columns.items()]

    def earlier_of_all(self, table: str) -> "list[pd.DataFrame]":
        """A table of each published run that still has it whole, the oldest first."""
        import pyarrow.parquet as pq

        paths = [run / f"{table}.parquet" for run in reversed(self.folders())]
        return [pq.read_table(path).to_pandas() for path in paths if is_whole(path)]

    def folders(self) -> list[Path]:
        """The folders in which tables of the runs before are looked for, in this order."""
        return [self.run]

    def check_whole(self, *tables: str) -> None:
        """Raises ResultsDamaged where one of the current run's ``tables`` is absent, or was cut off."""
        if broken := [table for table in tables if not is_whole(self.path(table))]:
            what = (
                f"{self.run} 里的 {'、'.join(f'{table}.parquet' for table in broken)}"
                if self.run.is_dir()
                else f"{self.run} 文件夹"
            )
            raise ResultsDamaged(
                f"{what} 不见了或已损坏，读不出上次的结果。请运行 bidui run 重新生成；有备份的，也可用 bidui restore 恢复"
            )

    def _current(self, database: Database) -> Path:
        published: list[Run] = []
        if database.exists() and database.revision():
            with database.reading() as connection:
                published, self.row_key = published_runs(connection), read_row_key(connection)
        if not published:  # nothing yet, or a folder of a version that had no database
            current = self.root / "curated" / "current"
            self.published = current.exists()
            return current.resolve()
        follow(self.root, database, published)
        return folder_of(self.root, published[-1].run_id)


def is_whole(path: Path) -> bool:
    """Does a Parquet file end as one does? A file that was cut off does not."""
    try:
        with path.open("rb") as file:
            file.seek(-len(_MAGIC), 2)
            return file.read() == _MAGIC
    except PermissionError:
        raise
    except OSError:
        return False
