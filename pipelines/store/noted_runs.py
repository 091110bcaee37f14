"""The runs and the audit, as the store notes them."""

import getpass
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version

from sqlalchemy import Connection, insert, select, update

from pipelines.store.database import selected_rows
from pipelines.store.state_tables import AUDIT, RUNS

_LIBRARIES = ("bidui", "duckdb", "pandas", "pyarrow", "numpy", "rapidfuzz", "sqlalchemy")


@dataclass(frozen=True, slots=True)
class Run:
    """A row of the table ``runs``. ``folder``: its name under ``curated/runs``; ``followed``: whether the folders are in line with it."""

    number: int
    run_id: str
    as_of: date
    outbox: str | None
    finished: str | None
    followed: bool


def now() -> str:
    """This moment, UTC, as the store writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def current_run(connection: Connection) -> Run | None:
    """The run that is published now."""
    published = published_runs(connection)
    return published[-1] if published else None


def published_runs(connection: Connection) -> list[Run]:
    """All published runs, the current one last."""
    query = select(RUNS).where(RUNS.c.state == "published").order_by(RUNS.c.number)
    return [
        Run(row["number"], row["run_id"], row["as_of"], row["outbox"], row["finished"], row["followed"] is not None)
        for row in selected_rows(connection, query)
    ]


def begin_run(connection: Connection, number: int, run_id: str, as_of: date) -> None:
    """Note that a run is at work."""
    row = {"number": number, "run_id": run_id, "as_of": as_of, "started": now(), "state": "running", "versions": _versions()}
    connection.execute(insert(RUNS).values(row))


def end_run(connection: Connection, run_id: str, state: str, outbox: str | None = None, left_out: Sequence[str] = ()) -> None:
    """Note how a run ended. ``state`` published makes it the current one."""
    values = {"state": state, "finished": now(), "outbox": outbox, "left_out": json.dumps(list(left_out), ensure_ascii=False)}
    connection.execute(update(RUNS).where(RUNS.c.run_id == run_id).values(values))


def note_followed(connection: Connection, numbers: Sequence[int]) -> None:
    """Note that the folders are in line with these runs."""
    connection.execute(update(RUNS).where(RUNS.c.number.in_(numbers)).values(followed=now()))


def dead_runs(connection: Connection) -> list[str]:
    """Runs that were at work when they were killed; the caller holds the lock, so none is at work now."""
    return list(connection.execute(select(RUNS.c.run_id).where(RUNS.c.state == "running")).scalars())


def last_number(connection: Connection) -> int:
    """The greatest number that a run has, 0 where there is none."""
    return connection.execute(select(RUNS.c.number).order_by(RUNS.c.number.desc()).limit(1)).scalar() or 0


def write_audit(
    connection: Connection, command: str, run_id: str | None = None, counts: Mapping[str, object] | None = None
) -> None:
    """Add a line to the audit: counts and codes only."""
    line = {
        "at": now(),
        "who": _user(),
        "command": command,
        "run_id": run_id,
        "counts": json.dumps(counts or {}, ensure_ascii=False),
    }
    connection.execute(insert(AUDIT).values(line))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such entry, as in a container
        return "?"


def _versions() -> str:
    found = {"python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return json.dumps(found)
