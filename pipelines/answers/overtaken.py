"""Answers that no longer count because the child has been seen since: at school in the county, or marked as dropped out.

An answer tells where a child is while no register does. Once a register has told, and tells no more, the child must be looked for again.
"""

import json
from datetime import date

import pandas as pd

from schemas.answers import OFF_THE_LIST, OVERTAKEN_WORDS
from schemas.whereabouts import ANSWERS

_AT_SCHOOL, _DROPPED_OUT = ("student_record_open", "taught_at_home"), "student_record_dropped"  # rows of the decision table
_BY_ANSWER = ("verified_elsewhere", "exemption_approved")


def listed_as(answers: pd.DataFrame, log: pd.DataFrame) -> dict[str, str]:
    """answer_id -> the reason (``schemas.whereabouts.REASONS``) for which its child was on the list on the day of the answer, by the table case_log
    so far; without those whose case the log does not have."""
    entries = log.loc[
        (log["kind"] == "list") & log["person_id"].isin(answers["person_id"]), ["person_id", "as_of", "entry", "content"]
    ]
    both = answers[["answer_id", "person_id", "answered_on"]].merge(entries, on="person_id")
    then = both[pd.to_datetime(both["as_of"]) <= pd.to_datetime(both["answered_on"])]
    last = then.sort_values("entry").drop_duplicates("answer_id", keep="last")
    reasons = {
        answer: json.loads(content).get("reason") for answer, content in zip(last["answer_id"], last["content"], strict=True)
    }
    return {answer: reason for answer, reason in reasons.items() if reason}


def with_overtaken(answers: pd.DataFrame, persons: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The table answers after the whereabouts of the night ``as_of`` were decided (``persons``: person_id, conditions): overtaken is what would
    take a child off the list and is about one who, on a night after its day, has an open student record, or a mark as a drop-out that goes
    before the answer. It stays so on every later night."""
    conditions = answers["person_id"].map(persons.set_index("person_id")["conditions"]).fillna("").str.split(",")
    about = answers["kind"].eq("whereabouts") & answers["value"].map(ANSWERS).isin(OFF_THE_LIST)
    live = about & answers["received_on"].le(as_of) & (pd.to_datetime(answers["answered_on"]) < pd.Timestamp(as_of))
    # An answer that another has replaced, too: otherwise it would be in effect again once the other is overtaken.
    at_school = (
        live
        & answers["state"].isin(["accepted", "waiting", "superseded"])
        & conditions.map(lambda codes: not {*_AT_SCHOOL}.isdisjoint(codes))
    )
    dropped = (
        live
        & answers["state"].isin(["accepted", "superseded"])
        & conditions.map(lambda codes: _DROPPED_OUT in codes and {*_BY_ANSWER}.isdisjoint(codes))
    )
    enrolled_since, dropped_out_since = OVERTAKEN_WORDS
    refusal = answers["refusal"].mask(dropped, dropped_out_since).mask(at_school, enrolled_since)
    return answers.assign(refusal=refusal, state=answers["state"].mask(dropped | at_school, "overtaken"))
