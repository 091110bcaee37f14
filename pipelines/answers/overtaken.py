"""Answers that no longer count because the child has been seen since: at school in the county, marked as dropped out, or in its village.

An answer tells where a child is while no register does. Once a register has told, and tells no more, the child must be looked for again; and
so must one of whom a township reports that it is in the village and in no school.
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


def reported_in_village(records: pd.DataFrame, identities: pd.DataFrame) -> "pd.Series[pd.Timestamp]":
    """person_id -> the day of the last report of a township that the child is in the village and in no school, of those whom none has reported back
    since, as in the relation person_circumstances. ``records``, ``identities``: the tables."""
    reports = records.loc[records["report_state"].notna(), ["record_id", "report_state", "state_date"]].merge(
        identities, on="record_id"
    )
    day, back = pd.to_datetime(reports["state_date"]), reports["report_state"].eq("back")
    last_there, last_back = (day[chosen].groupby(reports["person_id"]).max() for chosen in (~back, back))
    return last_there[~(last_back.reindex(last_there.index) > last_there)]


def with_overtaken(
    answers: pd.DataFrame, persons: pd.DataFrame, reported: "pd.Series[pd.Timestamp]", as_of: date
) -> pd.DataFrame:
    """The table answers after the whereabouts of the night ``as_of`` were decided (``persons``: person_id, conditions): overtaken is what would
    take a child off the list and is about one who, on a night after its day, has an open student record; or is marked as a drop-out, and the
    decision table takes the mark and not the answer (a waiting answer stays); or of whom a township has reported, on the answer's day or since,
    that it is there (``reported_in_village``). ``answer_states`` keeps it so on later nights, by its refusal."""
    conditions = answers["person_id"].map(persons.set_index("person_id")["conditions"]).fillna("").str.split(",")
    about = answers["kind"].eq("whereabouts") & answers["value"].map(ANSWERS).isin(OFF_THE_LIST)
    day = pd.to_datetime(answers["answered_on"])
    received = about & answers["received_on"].le(as_of)
    live = received & (day < pd.Timestamp(as_of))
    # An answer that another has replaced, too: otherwise it would be in effect again once the other is overtaken.
    ends = answers["state"].isin(["accepted", "waiting", "superseded"])
    there = received & ends & (reported.reindex(answers["person_id"]).set_axis(answers.index) >= day)
    at_school = live & ends & conditions.map(lambda codes: not {*_AT_SCHOOL}.isdisjoint(codes))
    dropped = (
        live
        & answers["state"].isin(["accepted", "superseded"])
        & conditions.map(lambda codes: _DROPPED_OUT in codes and {*_BY_ANSWER}.isdisjoint(codes))
    )
    enrolled_since, dropped_out_since, reported_since = OVERTAKEN_WORDS
    refusal = answers["refusal"].mask(dropped, dropped_out_since).mask(at_school, enrolled_since).mask(there, reported_since)
    return answers.assign(refusal=refusal, state=answers["state"].mask(there | dropped | at_school, "overtaken"))
