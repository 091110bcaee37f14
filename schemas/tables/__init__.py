"""The published tables, ``DIR/curated/current/*.parquet``: one declaration of each table and column.

A declaration says type, null, primary key, foreign keys, code set, range and meaning (``declaration``). From it are made: the Arrow schemas
``TABLES``; the pandera schemas that check records at intake (``frames``); what the audit checks before a run is published
(``pipelines.store.audit``), beside the sums between tables (``cross_checks``); docs/tables.md; and the comments of ``bidui.tables()``.
"""

from schemas.tables.answer_tables import ANSWER_TABLES
from schemas.tables.case_tables import CASE_TABLES
from schemas.tables.declaration import DeclaredTable
from schemas.tables.intake_tables import INTAKE_TABLES
from schemas.tables.record_tables import RECORD_TABLES

DECLARED: dict[str, DeclaredTable] = {table.name: table for table in (*INTAKE_TABLES, *RECORD_TABLES, *CASE_TABLES, *ANSWER_TABLES)}
TABLES = {name: table.schema for name, table in DECLARED.items()}
RECORDS_TABLE = TABLES["records"]  # the shape that every registry's rows are standardised to
