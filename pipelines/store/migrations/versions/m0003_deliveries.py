"""What was sent to whom: a row for each workbook and each way, never changed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NO_CHANGE_SQLITE = (
    "create trigger deliveries_no_{word} before {word} on deliveries begin select raise(abort, 'deliveries is append-only'); end"
)
_NO_CHANGE_POSTGRESQL = (
    """create function deliveries_append_only() returns trigger language plpgsql as
    $$ begin raise exception 'deliveries is append-only'; end $$""",
    "create trigger deliveries_append_only before update or delete on deliveries for each row execute function deliveries_append_only()",
)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "deliveries",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("delivered_at", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("area", "file", "how", "sent_to", "sha256", "outcome")),
        sa.Column("reason", sa.Text()),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        statements = [_NO_CHANGE_SQLITE.format(word=word) for word in ("update", "delete")]
    else:
        statements = list(_NO_CHANGE_POSTGRESQL)
    for statement in statements:
        op.execute(statement)
