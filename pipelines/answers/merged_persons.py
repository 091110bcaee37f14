"""Answers about a child whose number was merged into another's, because their records turned out to be one person's: they go on to be about that one.

An answer is about the person of its case. Whose number that is by now is looked up every night, so that the answer goes back to its child where
the records are taken apart again.
"""

from collections.abc import Collection, Mapping
from datetime import date

import pandas as pd

from schemas.answers import OF_NOBODY, VOUCHED_FOR


def with_present_numbers(
    answers: pd.DataFrame, log: pd.DataFrame, present: Collection[str], events: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, date]]:
    """The table answers with person_id as it is tonight, and answer_id -> the night of the merger, of those about a number that was merged into
    another. ``log``: the table case_log so far; ``present``: the person_id of tonight's records; ``events``: the table person_events."""
    mergers = events[events["event"] == "merged"].sort_values("as_of")
    into = dict(zip(mergers["person_id"], zip(mergers["other_person_id"], mergers["as_of"], strict=True), strict=True))
    cases = log.loc[log["kind"].eq("list") & log["case_id"].isin(answers["case_id"]), ["case_id", "person_id"]]
    own = answers["case_id"].map(dict(zip(cases["case_id"], cases["person_id"], strict=True)))
    own = own[answers["kind"].isin(VOUCHED_FOR) & own.notna() & ~answers["refusal"].isin(OF_NOBODY)]
    found = {person: _present(person, present, into) for person in own.unique()}
    numbers, moved = answers["person_id"].to_dict(), dict[str, date]()
    for row, person in own.items():
        numbers[row], night = found[person]
        if night is not None:
            moved[str(answers.at[row, "answer_id"])] = night
    return answers.assign(person_id=pd.Series(numbers, index=answers.index, dtype=answers["person_id"].dtype)), moved


def _present(person: str, present: Collection[str], into: Mapping[str, tuple[str, date]]) -> tuple[str, date | None]:
    """The number that ``person`` was merged into, through others where need be, and the last night on which that happened; the number itself where
    somebody has it, or nobody has what it was merged into."""
    number, nights = person, list[date]()
    while number not in present:
        if number not in into or len(nights) > len(into):
            return person, None
        number, night = into[number]
        nights.append(night)
    return number, max(nights, default=None)
