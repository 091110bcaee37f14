"""Answers about a child whose records were merged with another's: they go on to be about the person of both.

An answer is about the person of its case. Whose number that is by now is looked up every night, so that the answer goes back to its child where
the records are taken apart again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from matching.name_text import clean_name
from schemas.answers import BROKEN_CODES, VOUCHED_FOR


@dataclass(frozen=True, slots=True)
class Mergers:
    """``present``: the person_id of tonight's records; ``into``: number -> the one it was merged into, and on which night."""

    present: Collection[str]
    into: Mapping[str, tuple[str, date]]

    def number_of(self, person: str) -> tuple[str, date | None]:
        """Follows the mergers of ``person`` to a number that is present tonight: that number, and the night of the last merger on the way. (person,
        None) where ``person`` is present itself, or the way ends in a number that is not."""
        number, nights = person, list[date]()
        while number not in self.present:
            if number not in self.into or len(nights) > len(self.into):
                return person, None
            number, night = self.into[number]
            nights.append(night)
        return number, max(nights, default=None)


NO_MERGERS = Mergers((), {})


def mergers_of(events: pd.DataFrame, present: Collection[str]) -> Mergers:
    """``events``: the table person_events."""
    merged = events[events["event"] == "merged"].sort_values("as_of")
    return Mergers(
        present, dict(zip(merged["person_id"], zip(merged["other_person_id"], merged["as_of"], strict=True), strict=True))
    )


def with_present_numbers(
    answers: pd.DataFrame, log: pd.DataFrame, records: pd.DataFrame, mergers: Mergers
) -> tuple[pd.DataFrame, dict[str, date]]:
    """The table answers with person_id as it is tonight (of answers about whereabouts and visits), and answer_id -> the last night on which a child that
    was ever listed was merged into that person. ``log``: the table case_log so far; ``records``: person_id, name, of tonight."""
    of_lists = log.loc[log["kind"].eq("list"), ["case_id", "person_id"]].drop_duplicates()
    own = answers["case_id"].map(dict(zip(of_lists["case_id"], of_lists["person_id"], strict=True)))
    own = own[answers["kind"].isin(VOUCHED_FOR) & own.notna() & ~answers["refusal"].isin([*BROKEN_CODES, "answer_of_another"])]
    nights = _nights_of_mergers(of_lists["person_id"].unique(), mergers)
    names = _names_of(records, nights)
    numbers, merged = answers["person_id"].to_dict(), dict[str, date]()
    for row, person in own.items():
        number, night = mergers.number_of(person)
        if night and answers.at[row, "kind"] == "visit" and clean_name(str(answers.at[row, "name"])) not in names[number]:
            continue  # of another person: it stays where it is, and nobody is told that somebody was there
        numbers[row] = number
        if number in nights:
            merged[str(answers.at[row, "answer_id"])] = nights[number]
    return answers.assign(person_id=pd.Series(numbers, index=answers.index, dtype=answers["person_id"].dtype)), merged


def _nights_of_mergers(listed: Iterable[str], mergers: Mergers) -> dict[str, date]:
    """Number of tonight -> the last night on which one of the ``listed`` was merged into it."""
    nights: dict[str, date] = {}
    for person in listed:
        number, night = mergers.number_of(person)
        if night:
            nights[number] = max(night, nights.get(number, night))
    return nights


def _names_of(records: pd.DataFrame, persons: Collection[str]) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {person: set() for person in persons}
    of_them = records[records["person_id"].isin(list(persons))]
    for person, name in zip(of_them["person_id"], of_them["name"], strict=True):
        names[person].add(clean_name(str(name or "")) or "")
    return names
