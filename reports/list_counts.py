"""How many rows each list has, in the words of the covers, for the terminal and the night's page too. It loads no table: ``list_rows`` counts."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass

from schemas.whereabouts import FOLLOW_UP_SHORT_NAME
from schemas.words import LIST_TITLE


@dataclass(frozen=True, slots=True)
class ListCounts:
    """``listed``: children on the list, each of them in one of ``visit``, ``call``, ``waiting`` (an answer waits for the county)
    and ``with_office`` (the township has answered, and an office is to correct its system);
    ``questions``: two persons that may be one; ``findings``: discrepancies of children of the cohort; ``to_accept``, ``to_join``: answers
    that the county is to decide on, about whereabouts and about two records."""

    listed: int = 0
    visit: int = 0
    call: int = 0
    waiting: int = 0
    with_office: int = 0
    questions: int = 0
    findings: int = 0
    to_accept: int = 0
    to_join: int = 0


def in_all(counts: Mapping[str, ListCounts]) -> ListCounts:
    """The county's: the sum of its townships'."""
    return ListCounts(*map(sum, zip(*map(astuple, counts.values()), strict=True))) if counts else ListCounts()


def listed_parts(counts: ListCounts) -> list[tuple[str, int]]:
    """Of the children on the list, how many are followed up in which way, or wait for the county or an office, in the words of the cover."""
    numbers = {"visit": counts.visit, "call": counts.call}
    return [
        *((name, numbers[code]) for code, name in FOLLOW_UP_SHORT_NAME.items()),
        (LIST_TITLE["waiting"][0], counts.waiting),
        (LIST_TITLE["with_office"][0], counts.with_office),
    ]


def listed_words(counts: ListCounts) -> str:
    """The children on the list, in the words of the cover, on one line."""
    parts = "，".join(f"{name} {number:,}" for name, number in listed_parts(counts))
    title, unit = LIST_TITLE["listed"]
    return f"{title} {counts.listed:,} {unit}（{parts}）"


def decisions_words(counts: ListCounts) -> str:
    """What the county is to decide on, in the words of the cover, on one line."""
    numbers = {"to_accept": counts.to_accept, "to_join": counts.to_join}
    return "；".join("{0} {2:,} {1}".format(*LIST_TITLE[key], number) for key, number in numbers.items())
