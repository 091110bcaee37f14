"""How long the lists of a run are, as its record has them: read without all that a whole record takes to read."""

import json
from collections.abc import Mapping
from pathlib import Path

from reports.list_counts import ListCounts

FIGURES = "night.json"


def kept_counts(run: Path) -> dict[str, ListCounts] | None:
    """Township -> its counts, of the run in the folder ``run``; None where it was written by a version that kept none, or is damaged."""
    try:
        return counts_of(json.loads((run / FIGURES).read_text(encoding="utf-8"))["night"]["lists_of"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def counts_of(kept: Mapping[str, Mapping[str, int]]) -> dict[str, ListCounts]:
    """Township -> its counts, of what the record keeps. Raises TypeError and AttributeError for the fields of another version."""
    return {township: ListCounts(**counts) for township, counts in kept.items()}
