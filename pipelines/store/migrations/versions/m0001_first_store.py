"""The first store: case log, standings, persons' keys and events, judgements on pairs, runs, audit."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_KEPT = {"sqlite_autoincrement": True}  # a number of a row that was removed is not given again

_NO_CHANGE_SQLITE = "create trigger audit_no_{word} before {word} on audit begin select raise(abort, 'audit is append-only'); end"
_NO_CHANGE_POSTGRESQL = (
    """create function audit_append_only() returns trigger language plpgsql as
    $$ begin raise exception 'audit is append-only'; end $$""",
    "create trigger audit_append_only before update or delete on audit for each row execute function audit_append_only()",
)


def _key(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    return sa.Column(name, kind, primary_key=True, nullable=False, autoincrement=False)


def _texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, _TEXT) for name in names]


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "case_log",
        _key("entry", sa.Integer()),
        sa.Column("as_of", sa.Date()),
        *_texts("case_id", "event", "key", "kind", "person_id", "rule", "township", "village", "registries", "said", "content"),
        *_texts("reason", "whereabouts", "basis", "answer", "answer_detail"),
        sa.Column("answered_on", sa.Date()),
    )
    op.create_table(
        "standings",
        _key("as_of", sa.Date()),
        sa.Column("week", sa.Date()),
        _key("township", _TEXT),
        sa.Column("listed", sa.Integer()),
        sa.Column("due", sa.Integer()),
        sa.Column("open_share", sa.Double()),
        sa.Column("county_open", sa.Double()),
        sa.Column("cleared", sa.Integer()),
        sa.Column("clearance", sa.Double()),
        sa.Column("county_clearance", sa.Double()),
        sa.Column("standing", _TEXT),
        sa.Column("streak", sa.Integer()),
        sqlite_with_rowid=False,
    )
    op.create_table("person_keys", _key("key", _TEXT), *_texts("person_id", "before"), sqlite_with_rowid=False)
    op.create_table(
        "person_events",
        _key("place", sa.Integer()),
        sa.Column("as_of", sa.Date()),
        *_texts("event", "person_id", "other_person_id"),
        sa.Column("keys", sa.Integer()),
    )
    op.create_table(
        "verdicts",
        _key("place", sa.Integer()),
        *_texts("side_a", "side_b", "verdict"),
        sa.Column("pairs", sa.Integer()),
        sa.Column("said_on", sa.Date()),
        *_texts("said_by", "note", "file"),
        sa.Column("row", sa.Integer()),
    )
    op.create_table(
        "runs",
        _key("number", sa.Integer()),
        sa.Column("run_id", sa.Text(), nullable=False, unique=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("started", sa.Text(), nullable=False),
        sa.Column("finished", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outbox", sa.Text()),
        sa.Column("followed", sa.Text()),
        sa.Column("left_out", sa.Text()),
        sa.Column("versions", sa.Text()),
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text()),
        sa.Column("counts", sa.Text()),
        **_KEPT,
    )
    if op.get_bind().dialect.name == "sqlite":
        statements = [_NO_CHANGE_SQLITE.format(word=word) for word in ("update", "delete")]
    else:
        statements = list(_NO_CHANGE_POSTGRESQL)
    for statement in statements:
        op.execute(statement)
