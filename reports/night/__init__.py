"""The night's page: what happened in a run, against the nights before, as one HTML file of counts; never a person."""

from reports.night.night_advice import (
    FileToCheck,
    MissingPart,
    book_to_check,
    changes_to_check,
    files_to_check,
    missing_parts,
    summary_book,
)
from reports.night.night_figures import KEPT_NIGHTS, CountedFile, Night, NightFigures
from reports.night.night_page import night_page
from reports.night.night_tables import counted_night

__all__ = [
    "KEPT_NIGHTS",
    "CountedFile",
    "FileToCheck",
    "MissingPart",
    "Night",
    "NightFigures",
    "book_to_check",
    "changes_to_check",
    "counted_night",
    "files_to_check",
    "missing_parts",
    "night_page",
    "summary_book",
]
