"""The tables of the store: what cannot be computed again. A published table that is kept here has the columns that
``schemas.tables`` declares (``state_columns``); the migrations in ``migrations`` make them, and a test holds the two together."""

from sqlalchemy import Column, Date, Integer, MetaData, Table, Text

REVISION = "0004"  # the newest of the migrations

# Published table -> its key. Where there is none, a row is known by its place.
PLACE = "place"
STATE_KEYS = {
    "case_log": ("entry",),
    "standings": ("as_of", "township"),
    "person_keys": ("key",),
    "person_events": (PLACE,),
    "verdicts": (PLACE,),
    "answers": ("answer_id",),
}  # fmt: skip

# Published tables that runs of an earlier version do not have.
LATER_TABLES = ("answers", "calibration")

metadata = MetaData()
# One row per run. number: in order of their beginning; run_id: its folder under curated/runs; state: running | published | failed.
# The published run with the greatest number is the current one. outbox: the folder of its workbooks; followed: when
# folders had been brought in line with it. left_out, versions: JSON. Times are UTC, as text.
RUNS = Table(
    "runs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("run_id", Text, nullable=False, unique=True),
    Column("as_of", Date, nullable=False),
    Column("started", Text, nullable=False),
    Column("finished", Text),
    Column("state", Text, nullable=False),
    Column("outbox", Text),
    Column("followed", Text),
    Column("left_out", Text),
    Column("versions", Text),
)

# Who did what and when; rows are added and never changed. counts: JSON, of numbers and codes; no value of a person.
AUDIT = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("run_id", Text),
    Column("counts", Text),
)

# What was sent to whom: a row for each workbook and each way, added and never changed. delivered_at: UTC; file: its base name; sent_to: a
# folder or an address; sha256: of the workbook before it was encrypted; how, outcome, reason: ``schemas.delivery_codes``.
DELIVERIES = Table(
    "deliveries",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("delivered_at", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("area", "file", "how", "sent_to", "sha256", "outcome")),
    Column("reason", Text),
)

# What only this data folder knows. name: row_key; value: in hexadecimal digits (``pipelines.store.row_key``).
SECRETS = Table("secrets", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

# The tables that are no state of a run, in the order in which an archive has them.
RECORDS_OF_THE_STORE = (RUNS, AUDIT, DELIVERIES, SECRETS)
