"""The answers that came back from townships and the county, each with what has become of it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    texts = lambda *names: [sa.Column(name, _TEXT) for name in names]  # noqa: E731
    op.create_table(
        "answers",
        sa.Column("answer_id", _TEXT, primary_key=True, nullable=False, autoincrement=False),
        *texts("kind", "case_id", "person_id", "about", "name", "id_number", "birthdate", "township"),
        *texts("value", "detail", "note", "evidence", "answered_by"),
        sa.Column("answered_on", sa.Date()),
        *texts("source", "file", "sheet"),
        sa.Column("row", sa.Integer()),
        sa.Column("received_on", sa.Date()),
        *texts("state", "refusal", "doubt", "decided_by"),
        sa.Column("decided_on", sa.Date()),
        *texts("decided_why"),
        sqlite_with_rowid=False,
    )
