"""The store's format from version to version (Alembic). ``env.py`` is run by ``pipelines.store.database.migrate``."""
