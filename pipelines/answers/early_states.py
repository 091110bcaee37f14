"""Answers that count before it is known whose they are: reports of townships, which are records themselves, and judgements, which join records.
What has become of each is worked out from the answers so far and tonight's, as ``pipelines.answers.ledger`` does of all of them later."""

import json
from collections.abc import Sequence
from datetime import date

import pandas as pd

from pipelines.answers.answer_needs import Background, published_answers
from pipelines.answers.judgements import NONE_HELD, PAIR, described
from pipelines.answers.known_answers import known_answers
from pipelines.answers.received import ReceivedAnswer
from pipelines.answers.schools import Schools
from pipelines.answers.states import answer_states
from schemas.answers import ANSWER_STATES, JOINING, SAME_PERSON, VERDICT_NAME
from schemas.whereabouts import WITHDRAWN

_NOT_ACCEPTED = {"waiting", "returned", "superseded", "refused"}


def early_states(
    kind: str,
    received: Sequence[ReceivedAnswer],
    earlier: pd.DataFrame,
    as_of: date,
    acceptance: bool,
    schools: Schools | None = None,
) -> pd.DataFrame:
    """The answers of this ``kind`` up to ``as_of`` and the county's word on them, with their states. ``earlier``: the table answers so far;
    ``acceptance``: as for ``answer_states``; ``schools``: those of the run before, for reports."""
    known = Background(as_of, schools=schools or Schools(), published=published_answers(earlier))
    kinds = (kind, "acceptance")
    before = (
        earlier[earlier["kind"].isin(kinds) | _taking_back(earlier, received, as_of)]
        if kind == "report"
        else earlier[earlier["kind"].isin(kinds)]
    )
    answers = known_answers([answer for answer in received if answer.values["kind"] in kinds], before, known)
    if not len(answers):
        return answers
    states = answer_states(answers, as_of, others=(), acceptance=acceptance)
    return states[(states["kind"] == kind) & (states["received_on"] <= as_of)]


def _taking_back(earlier: pd.DataFrame, received: Sequence[ReceivedAnswer], as_of: date) -> pd.Series:
    """Which of the answers so far may take a report back. Not those about a child of whom a township says something else tonight: it may have
    changed its mind, and whose answer that is is known later."""
    # A workbook that lies in the inbox still says nothing new, but for what was dated ahead and whose day has come.
    ahead = earlier["refusal"].eq("day_ahead") & (pd.to_datetime(earlier["answered_on"]) <= pd.Timestamp(as_of))
    said_before = set(earlier["answer_id"][~ahead])
    tonight = {
        a.values["person_id"]
        for a in received
        if a.values["kind"] == "whereabouts" and a.values["value"] != WITHDRAWN and a.values["answer_id"] not in said_before
    }
    takes_back = (
        earlier["kind"].eq("whereabouts") & earlier["value"].eq(WITHDRAWN) & earlier["state"].isin(["accepted", "waiting"])
    )
    return takes_back & ~earlier["person_id"].isin(tonight)


def unaccepted_joinings(received: Sequence[ReceivedAnswer], earlier: pd.DataFrame, as_of: date, acceptance: bool) -> pd.DataFrame:
    """The judgements that two records are one person's and that are not in effect, for the county has not accepted them: side_a, side_b,
    said_on, answer_id, words (what was said and what has become of it), state, one row for two records and a day."""
    return joinings_not_in_effect(early_states("pair", received, earlier, as_of, acceptance))


def joinings_not_in_effect(answers: pd.DataFrame) -> pd.DataFrame:
    """As ``unaccepted_joinings``, of the table answers with the states that it has."""
    states = answers[answers["kind"] == "pair"]
    # One without a day was refused when it came, and is no judgement.
    states = states[states["value"].eq(JOINING) & states["answered_on"].notna()]
    if not len(states):
        return NONE_HELD
    sides = [sorted(described(json.loads(side)) for side in json.loads(about)) for about in states["about"]]
    shown = pd.DataFrame(sides, columns=PAIR, index=states.index, dtype="str").assign(said_on=states["answered_on"])
    about = shown.groupby([*PAIR, "said_on"])["said_on"].ngroup()
    held = states["state"].isin(_NOT_ACCEPTED).groupby(about).transform("all")
    why = pd.Series(
        ["" if pd.isna(reason) else f"：{reason}" for reason in states["decided_why"]], index=states.index, dtype="str"
    )
    words = (
        VERDICT_NAME[SAME_PERSON[JOINING]]
        + "，"
        + states["answered_on"].astype("str")
        + "，"
        + states["state"].map(ANSWER_STATES)
        + why
    )
    held_back = shown.assign(answer_id=states["answer_id"], words=words, state=states["state"])[held]
    # Of several answers of a day the one that still waits is the one to decide on.
    held_back = held_back.sort_values(["state", "answer_id"], ascending=[False, True])
    return held_back.drop_duplicates([*PAIR, "said_on"]).reset_index(drop=True)
