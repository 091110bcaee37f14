"""How many rows each list has, counted where the lists themselves are filled: what the terminal and the night's page say is what the covers and
the weekly report say."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path

from reports.answer_listings import ACCEPTANCE_SHEET, WAITING_SHEET
from reports.areas import NOWHERE
from reports.joining_listing import JOINING_SHEET
from reports.list_rows import list_relations
from reports.listings import CHILDREN_SHEET
from schemas.settings import Settings
from schemas.whereabouts import FOLLOW_UP_SHORT_NAME


@dataclass(frozen=True, slots=True)
class ListCounts:
    """``listed``: children on the list, each of them in one of ``visit``, ``call`` and ``waiting`` (an answer waits for the county);
    ``questions``: two persons that may be one; ``findings``: discrepancies of children of the cohort; ``to_accept``, ``to_join``: answers
    that the county is to decide on, about whereabouts and about two records."""

    listed: int = 0
    visit: int = 0
    call: int = 0
    waiting: int = 0
    questions: int = 0
    findings: int = 0
    to_accept: int = 0
    to_join: int = 0


def list_counts(tables: Path, as_of: date, settings: Settings) -> dict[str, ListCounts]:
    """Township -> its counts, of the run of ``as_of`` published in the folder ``tables``; ``NOWHERE``: of no township, or of more than one."""
    with list_relations(tables, as_of, settings, wanted="list_counts") as con:
        return {township or NOWHERE: ListCounts(*counts) for township, *counts in con.table("list_counts").fetchall()}


def in_all(counts: Mapping[str, ListCounts]) -> ListCounts:
    """The county's: the sum of its townships'."""
    return ListCounts(*map(sum, zip(*map(astuple, counts.values()), strict=True))) if counts else ListCounts()


def listed_parts(counts: ListCounts) -> list[tuple[str, int]]:
    """Of the children on the list, how many are followed up in which way or wait for the county, in the words of the cover."""
    numbers = {"visit": counts.visit, "call": counts.call}
    return [*((name, numbers[code]) for code, name in FOLLOW_UP_SHORT_NAME.items()), (WAITING_SHEET.title, counts.waiting)]


def listed_words(counts: ListCounts) -> str:
    """The children on the list, in the words of the cover, on one line."""
    parts = "，".join(f"{name} {number:,}" for name, number in listed_parts(counts))
    return f"{CHILDREN_SHEET.title} {counts.listed:,} {CHILDREN_SHEET.unit}（{parts}）"


def decisions_words(counts: ListCounts) -> str:
    """What the county is to decide on, in the words of the cover, on one line."""
    numbers = ((ACCEPTANCE_SHEET, counts.to_accept), (JOINING_SHEET, counts.to_join))
    return "；".join(f"{sheet.title} {number:,} {sheet.unit}" for sheet, number in numbers)
