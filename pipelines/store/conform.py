"""A table brought to its declared columns and types."""

import pandas as pd
import pyarrow as pa

from schemas.tables import TABLES


def conform(table: pa.Table | pd.DataFrame, name: str) -> pa.Table:
    """``table`` with exactly the columns and types of ``schemas.tables.TABLES[name]``.

    Raises ValueError naming the table and the column that does not fit: never a value.
    """
    schema = TABLES[name]
    arrow = pa.Table.from_pandas(table, preserve_index=False) if isinstance(table, pd.DataFrame) else table
    columns = []
    for field in schema:
        try:
            column = arrow.column(field.name)
            # A column that no export fills has no type of its own.
            empty = column.null_count == len(column)
            columns.append(pa.nulls(len(column), field.type) if empty else column.cast(field.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, KeyError):
            raise ValueError(f"table {name}: column {field.name} is absent or not {field.type}") from None
    return pa.table(columns, schema=schema)
