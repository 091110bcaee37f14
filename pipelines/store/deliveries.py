"""The record of what was sent to whom and when: rows of the store's table ``deliveries``, added and never changed."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout
from sqlalchemy import Connection, insert, inspect, select

from pipelines.guard import Foreseen
from pipelines.store.database import Database, migrate, selected_rows
from pipelines.store.folders import private_folder
from pipelines.store.lock import exclusive
from pipelines.store.state_tables import DELIVERIES, REVISION


class DeliveryAtWork(Foreseen):
    """Another command is sending workbooks out; the message says so, in Chinese."""

    passes = True


class Way(NamedTuple):
    """What may go once alone: this content to this recipient there. ``how``: folder or mail; ``sent_to``: the folder or the address;
    ``sha256``: of the workbook before it is encrypted."""

    area: str
    how: str
    sent_to: str
    sha256: str


class Delivery(NamedTuple):
    """A row. ``delivered_at``: UTC; ``file``: its base name; ``outcome``, ``reason``: codes of ``schemas.delivery_codes``."""

    delivered_at: str
    run_id: str
    as_of: date
    area: str
    file: str
    how: str
    sent_to: str
    sha256: str
    outcome: str
    reason: str | None = None

    @property
    def way(self) -> Way:
        """What it is known by."""
        return Way(self.area, self.how, self.sent_to, self.sha256)


@contextmanager
def sending(root: Path) -> Iterator[None]:
    """One command at a time sends from a data folder, so that nothing goes twice; a run may be at work meanwhile. Raises DeliveryAtWork."""
    lock = FileLock(private_folder(root / "curated") / ".sending", mode=0o600)
    try:
        with lock.acquire(timeout=0):
            yield
    except Timeout:
        raise DeliveryAtWork("另一个 bidui deliver 正在送，请等它结束") from None


def ready_to_record(root: Path, database: Database) -> None:
    """Bring the store to the newest format, and see that it can be written: what cannot be recorded must not be sent. Raises Busy and
    StoreRefused."""
    if database.revision() != REVISION:
        with exclusive(root), database.writing() as connection:
            migrate(connection)
    with database.writing():
        pass


def record(connection: Connection, deliveries: Collection[Delivery]) -> None:
    """Add rows."""
    if deliveries:
        connection.execute(insert(DELIVERIES), [delivery._asdict() for delivery in deliveries])


def recorded(connection: Connection) -> list[Delivery]:
    """All rows, the oldest first; none where the store is of a version that had no such table."""
    if not inspect(connection).has_table(DELIVERIES.name):
        return []
    rows = selected_rows(connection, select(DELIVERIES).order_by(DELIVERIES.c.number))
    return [Delivery(**{name: row[name] for name in Delivery._fields}) for row in rows]
