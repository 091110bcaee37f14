"""How long the lists of a run are, as its record has them: read without all that a whole record takes to read."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from reports.list_counts import ListCounts
from schemas.settings import Settings

FIGURES = "night.json"


def kept_counts(run: Path, as_of: date, settings: Settings) -> dict[str, ListCounts]:
    """Township -> its counts, of the run of ``as_of`` in the folder ``run``: counted anew where it was written by a version that kept none, or
    its record is damaged."""
    try:
        return counts_of(json.loads((run / FIGURES).read_text(encoding="utf-8"))["night"]["lists_of"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        from reports.list_rows import list_counts  # loads pandas

        return list_counts(run, as_of, settings)


def counts_of(kept: Mapping[str, Mapping[str, int]]) -> dict[str, ListCounts]:
    """Township -> its counts, of what the record keeps. Raises TypeError and AttributeError for the fields of another version."""
    return {township: ListCounts(**counts) for township, counts in kept.items()}
