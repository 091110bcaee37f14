"""A table brought to its declared columns and types."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from schemas.tables import TABLES

if TYPE_CHECKING:  # takes a fifth of a second to load
    import pandas as pd


def conform(table: "pa.Table | pd.DataFrame", name: str, columns: Sequence[str] | None = None) -> pa.Table:
    """``table`` with exactly the columns and types of ``schemas.tables.TABLES[name]``, or with these ``columns`` of them.

    Raises ValueError naming the table and the column that does not fit: never a value.
    """
    schema = pa.schema([field for field in TABLES[name] if columns is None or field.name in columns])
    arrow = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
    conformed = []
    for field in schema:
        try:
            column = arrow.column(field.name)
            # A column that no export fills has no type of its own.
            empty = column.null_count == len(column)
            conformed.append(pa.nulls(len(column), field.type) if empty else column.cast(field.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, KeyError):
            raise ValueError(f"table {name}: column {field.name} is absent or not {field.type}") from None
    return pa.table(conformed, schema=schema)
