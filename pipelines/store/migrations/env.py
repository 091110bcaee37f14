"""Runs the migrations on the connection that it is given, within its transaction; reads no file and sets up no log."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
