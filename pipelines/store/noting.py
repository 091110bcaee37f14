"""The line in the audit about a command that shows or takes out what is known of persons: who, what, when, and never a value."""

import re
from collections.abc import Mapping
from pathlib import Path

from pipelines.guard import SystemRefused
from pipelines.store.database import Database, StoreRefused, database_setting
from pipelines.store.noted_runs import current_run, write_audit

_WAIT = 3  # seconds for another process: whoever asks is not kept waiting
_NUMBER = re.compile(r"(?:(?P<person>P)|(?P<case>C))\d{7,}")


def note_use(root: Path, command: str, counts: Mapping[str, object] | None = None) -> str | None:
    """Add a line to the audit of the data folder ``root``. Returns in Chinese why it could not be added, as where the disk is read-only or
    another program keeps the database; None where it was, or where there is no store to note it in."""
    database = Database(root, database_setting(root), wait=_WAIT)
    if not database.exists():
        return None
    try:
        with database.writing() as connection:
            run = current_run(connection)
            write_audit(connection, command, run.run_id if run else None, counts)
    except (StoreRefused, SystemRefused) as refused:
        return f"这次操作没有记入审计：{refused}"
    return None


def what_was_asked(words: list[str]) -> dict[str, object]:
    """What the audit keeps of what somebody asked about: a person's or a case's number, which is bidui's own; of anything else, which may
    be a value that was typed by mistake, only how many."""
    if len(words) == 1 and (found := _NUMBER.fullmatch(words[0])):
        return {str(found.lastgroup): words[0]}
    return {"asked": len(words)}


def note_counts(**asked: object) -> dict[str, object]:
    """What else the audit keeps of a question: of what was asked for, 1 for a switch; nothing of what was not."""
    return {name: 1 if value is True else value for name, value in asked.items() if value}
