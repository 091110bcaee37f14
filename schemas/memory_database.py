"""Databases in memory, for the work of one step. What does not fit into memory is written to a private folder that the caller names, never
to the folder somebody happens to work in: it holds what the tables hold.

DuckDB makes a connection's own folder (``.spill-…``) when it first needs it, and removes it when the connection is closed.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4
from weakref import ReferenceType, ref

import duckdb

_SPILL = ".spill-"
_open: list[ReferenceType[duckdb.DuckDBPyConnection]] = []


def open_database(folder: Path, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """An empty database, to be closed by the caller. ``folder``: where what does not fit into memory goes; it exists, and is for its
    owner's eyes alone. ``threads``: None for one per processor."""
    return _connect(folder.absolute() / f"{_SPILL}{uuid4().hex}", threads)


@contextmanager
def memory_database(folder: Path | None, threads: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database, closed at the end, and nothing left of it. ``folder``: as for ``open_database``; None where the work is on no data
    folder: then a temporary folder (0700), removed at the end."""
    with ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="bidui-", ignore_cleanup_errors=True)))
        spill = folder.absolute() / f"{_SPILL}{uuid4().hex}"
        stack.callback(shutil.rmtree, spill, ignore_errors=True)  # a traceback may keep the database open
        yield stack.enter_context(_connect(spill, threads))


def remove_spilled(folder: Path) -> None:
    """Remove from ``folder`` what databases left there whose process was killed. No database may be at work on it."""
    for spill in folder.glob(f"{_SPILL}*"):
        shutil.rmtree(spill, ignore_errors=True)


def end_queries() -> None:
    """End the queries that are at work, whichever thread they are of, as an interruption does; may be called from any thread. A database
    without one is left as it is."""
    for reference in _open.copy():
        con = reference()
        try:
            if con is not None:
                con.interrupt()
        except duckdb.Error:  # it was closed meanwhile
            continue


def _connect(spill: Path, threads: int | None) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"temp_directory": str(spill), **({"threads": threads} if threads else {})})
    _open.append(ref(con, _open.remove))
    con.execute("set enable_progress_bar = false")  # it would be printed among the results
    return con
