"""The rows of each list, counted where the lists themselves are filled: what the terminal and the night's page say is what the covers and the
weekly report say."""

from datetime import date
from pathlib import Path

from reports.areas import NOWHERE
from reports.list_counts import ListCounts
from reports.list_rows import list_relations
from schemas.settings import Settings


def list_counts(tables: Path, as_of: date, settings: Settings) -> dict[str, ListCounts]:
    """Township -> its counts, of the run of ``as_of`` published in the folder ``tables``; ``NOWHERE``: of no township, or of more than one."""
    with list_relations(tables, as_of, settings, wanted="list_counts") as con:
        return {township or NOWHERE: ListCounts(*counts) for township, *counts in con.table("list_counts").fetchall()}
