"""The secret of a data folder by which the rows of its workbooks are known again: a row of the store's table ``secrets``, made on first need.

It lies where the answers lie, so that both move together and an archive has both.
"""

import secrets

from sqlalchemy import Connection, insert, inspect, select

from pipelines.store.state_tables import SECRETS

_NAME = "row_key"
_BYTES = 32


def read_row_key(connection: Connection) -> bytes | None:
    """The secret; None where there is none yet, or the store is of a version that had none."""
    if not inspect(connection).has_table(SECRETS.name):
        return None
    found = connection.execute(select(SECRETS.c.value).where(SECRETS.c.name == _NAME)).scalar()
    return bytes.fromhex(found) if found else None


def make_row_key(connection: Connection) -> bytes:
    """The secret, made where there is none yet; the caller holds the lock of the data folder."""
    if (key := read_row_key(connection)) is None:
        key = secrets.token_bytes(_BYTES)
        connection.execute(insert(SECRETS).values(name=_NAME, value=key.hex()))
    return key
