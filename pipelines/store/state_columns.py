"""The columns of the published tables that the store keeps, as ``schemas.tables`` declares them, and the tables of the store that have them."""

import pyarrow as pa
from sqlalchemy import Column, Date, Double, Integer, Table, Text
from sqlalchemy.types import TypeEngine

from pipelines.store.state_tables import PLACE, STATE_KEYS, metadata
from schemas.tables import TABLES

_TEXT = Text().with_variant(Text(collation="C"), "postgresql")  # compared byte by byte, whatever the server's language
_TYPES: dict[pa.DataType, TypeEngine] = {
    pa.string(): _TEXT, pa.date32(): Date(), pa.int32(): Integer(), pa.float64(): Double(),
}  # fmt: skip


def state_columns(name: str) -> pa.Schema:
    """The columns of a published table as the store has them, the place among them where that is the key."""
    place = [pa.field(PLACE, pa.int32())] if STATE_KEYS[name] == (PLACE,) else []
    return pa.schema([*place, *TABLES[name]])


def _state_table(name: str) -> Table:
    key = STATE_KEYS[name]
    columns = [
        Column(f.name, _TYPES[f.type], primary_key=f.name in key, nullable=f.name not in key, autoincrement=False)
        for f in state_columns(name)
    ]
    numbered = len(key) == 1 and columns[0].type.python_type is int
    return Table(name, metadata, *columns, sqlite_with_rowid=numbered)


STATE_TABLES = {name: _state_table(name) for name in STATE_KEYS}
