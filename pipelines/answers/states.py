"""What has become of each answer on a night: in effect, waiting for the county, returned, superseded, lapsed, overtaken or refused.

Answers are kept for ever and judged anew each night from what they say, the county's acceptances among them, and the day. None is
withdrawn by anything but a later one.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd

from pipelines.answers.answer_doubts import ASKED_FIRST, many_to_one
from pipelines.answers.approvals import one_for_many
from pipelines.answers.same_school import may_be_one, school_name
from schemas.answers import (
    ABSENT,
    ACCEPTANCE,
    BACK,
    CORRECTED,
    FOUND,
    JOINING,
    MANY_TO_ONE,
    OF_NOBODY,
    OFF_THE_LIST,
    OVERTAKEN_WORDS,
)
from schemas.calendar import semester_start
from schemas.whereabouts import ANSWERS, NAMES_A_SCHOOL, WITHDRAWN

# Reasons that belong to a night and not to the answer: looked for anew each night.
_OF_THE_NIGHT = ("answers_contradict", "person_is_another", "words_contradict", "word_before_answer", "back_on_day_of_absence")
_DOUBTS_OF_THE_NIGHT = ("later_refused", "person_merged")
_ORDER = ["answered_on", "received_on", "answer_id"]
_LIVE = ("accepted", "waiting")


def answer_states(
    answers: pd.DataFrame, as_of: date, *, others: Collection[str], acceptance: bool, merged: Mapping[str, date] | None = None
) -> pd.DataFrame:
    """The table answers with state, refusal, doubt and the county's decision as they are on the night ``as_of``, in order of answer_id;
    what a later night received stays as it is.

    ``others``: the answer_id of answers whose person_id belongs to somebody else now. ``acceptance``: the county accepts each answer
    that would take a child off the list, or make two records one person's; otherwise only those that it should ask about. ``merged``: answer_id -> the
    night on which the person it is about became one with another; what would take that one off the list waits for the county, again.
    """
    later = answers["received_on"] > as_of
    known = answers[~later].sort_values("answer_id", ignore_index=True)
    refusal = known["refusal"].mask(known["refusal"].isin(_OF_THE_NIGHT))
    refusal = refusal.mask(known["answer_id"].isin(list(others)) & refusal.isna(), "person_is_another")
    fault = _faults_of_words(known.assign(refusal=refusal))
    refusal = refusal.where(fault.isna(), fault)
    refusal = refusal.mask(_back_on_day_of_absence(known.assign(refusal=refusal)), "back_on_day_of_absence")
    stands_for = known["value"].map(ANSWERS).where(known["kind"] == "whereabouts")
    withdraws = known["kind"].eq("whereabouts") & known["value"].eq(WITHDRAWN)
    off_the_list = stands_for.isin(OFF_THE_LIST) | withdraws | (known["kind"].eq("report") & known["value"].eq(BACK))
    off_the_list &= refusal.isna()
    doubt = _doubts(known, off_the_list, stands_for.eq("exempted") & refusal.isna(), withdraws & refusal.isna())
    known = _with_decisions(known.assign(refusal=refusal, doubt=doubt))
    merged_on = pd.to_datetime(known["answer_id"].map(merged or {}))
    # Whoever accepted it did not know that the child would be one with another.
    known["decided"] = known["decided"].mask(
        known["decided"].eq("accepted") & (pd.to_datetime(known["word_received"]) <= merged_on)
    )
    merged_undecided = merged_on.notna() & off_the_list & known["decided"].isna() & ~known["doubt"].isin(ASKED_FIRST)
    known["doubt"] = known["doubt"].mask(merged_undecided, "person_merged")
    answered = pd.to_datetime(known["answered_on"])
    lapsed = known["kind"].eq("whereabouts") & ~withdraws & (answered < pd.Timestamp(semester_start(as_of)))
    undecided = known["decided"].isna()
    waits = off_the_list & undecided & (acceptance | known["doubt"].isin(ASKED_FIRST))
    # Joining two records gives a child the other's student record, tonight or later. What is in effect stays so.
    joins = known["kind"].eq("pair") & known["value"].eq(JOINING) & known["refusal"].isna()
    disputed = known["answer_id"].isin(known["about"][known["refusal"].eq("words_contradict")])
    waits |= joins & undecided & acceptance & (known["state"].ne("accepted") | disputed)
    state = pd.Series("accepted", index=known.index, dtype="str")
    state = state.mask(waits, "waiting").mask(known["decided"] == "returned", "returned").mask(lapsed, "lapsed")
    state = state.mask(known["refusal"].notna(), "refused").mask(known["refusal"].isin(list(OVERTAKEN_WORDS)), "overtaken")
    contradicting = _contradicting(known.assign(stands_for=stands_for), state)
    known["refusal"] = known["refusal"].mask(contradicting, "answers_contradict")
    replaced = _replaced_by_returned(known, state.mask(contradicting, "refused"))
    # What they have replaced stays so, where one of them leaves the child on the list.
    known["state"] = _superseded(known, replaced, contradicting & ~off_the_list)
    known["state"] = known["state"].mask(_withdrawn(known, as_of), "superseded")
    # What the county has accepted it need not ask the school about any more.
    asks_first = known["doubt"].isin(ASKED_FIRST) & known["state"].eq("waiting")
    known["doubt"] = known["doubt"].mask(_later_refused(known, off_the_list) & ~asks_first, "later_refused")
    known = known[answers.columns]
    return pd.concat([known, answers[later]]).sort_values("answer_id", ignore_index=True) if later.any() else known


def _doubts(answers: pd.DataFrame, off_the_list: pd.Series, exempted: pd.Series, withdraws: pd.Series) -> pd.Series:
    """``many_to_one_school`` where one township sent many children to one school on one day, ``one_approval`` where it named one approval for
    several, ``many_withdrawn`` where it took many reports back; else what was noted on receipt."""
    many, alike = many_to_one(answers[off_the_list]), one_for_many(answers[exempted])
    back = answers[withdraws].groupby(["township", "answered_on"])["answer_id"].transform("size") >= MANY_TO_ONE
    noted = answers["doubt"].mask(answers["doubt"].isin(_DOUBTS_OF_THE_NIGHT))
    for code, found in (("many_to_one_school", many), ("one_approval", alike), ("many_withdrawn", back)):
        noted = noted.mask(found.reindex(answers.index, fill_value=False), code)
    return noted


def _faults_of_words(answers: pd.DataFrame) -> pd.Series:
    """Why a word of the county's does not count: two of one day on one answer contradict each other, or it is dated before the answer."""
    words = answers[(answers["kind"] == "acceptance") & answers["refusal"].isna()]
    contradicting = words.groupby(["about", "answered_on"])["value"].transform("nunique") > 1
    answered = pd.to_datetime(words["about"].map(answers.set_index("answer_id")["answered_on"]))
    fault = pd.Series(None, index=answers.index, dtype="object")
    fault[words.index[pd.to_datetime(words["answered_on"]) < answered]] = "word_before_answer"
    fault[words.index[contradicting.astype(bool)]] = "words_contradict"
    return fault


def _back_on_day_of_absence(answers: pd.DataFrame) -> pd.Series:
    """Which reports say that a pupil is back on the day on which another says that it is not there, or in the village: nobody can tell which came
    first, and the child is looked for. One child: of one ID, or of one name and birthdate, as far as the ID or the birthdate tells it."""
    reports = answers[(answers["kind"] == "report") & answers["refusal"].isna()]
    number, birthdate = (reports[key].astype("str") for key in ("id_number", "birthdate"))
    born = number.where(number.str.len().eq(18)).str.slice(6, 14).fillna(birthdate.str.replace("-", "", regex=False)).fillna("")
    named = pd.Series(list(zip(reports["name"], born, strict=True)), index=reports.index, dtype="object")
    absent, found = reports["value"].isin([ABSENT, FOUND]), pd.Series(False, index=answers.index)
    for who in (number[number.notna()], named):
        child = list(zip(who, reports["answered_on"].loc[who.index], strict=True))
        that_day = {key for key, is_absent in zip(child, absent.loc[who.index], strict=True) if is_absent}
        found.loc[who.index] |= np.array([key in that_day for key in child], dtype=bool)
    return found & answers["value"].eq(BACK)


def _with_decisions(answers: pd.DataFrame) -> pd.DataFrame:
    """``answers`` with the county's last word on each: decided (a state or null), decided_by, decided_on, decided_why, and word_received, the
    night on which it came."""
    words = answers[(answers["kind"] == "acceptance") & answers["refusal"].isna()].sort_values(_ORDER)
    last = words.drop_duplicates("about", keep="last").set_index("about")
    ids = answers["answer_id"]
    return answers.assign(
        decided=ids.map(last["value"].map(ACCEPTANCE)),
        decided_by=ids.map(last["answered_by"]),
        decided_on=ids.map(last["answered_on"]),
        decided_why=ids.map(last["detail"]),
        word_received=ids.map(last["received_on"]),
    )


def _contradicting(answers: pd.DataFrame, state: pd.Series) -> pd.Series:
    """Which answers about one child on one day stand for different whereabouts, for none and say different things, or name different schools:
    nobody can tell which of them is right."""
    live = answers[(answers["kind"] == "whereabouts") & state.isin(_LIVE)]
    said = live["stands_for"].fillna(live["value"]).fillna("")
    same_day = [live["person_id"], live["answered_on"]]
    different = said.groupby(same_day).transform("nunique") > 1
    schools = live["detail"].where(live["value"].isin(NAMES_A_SCHOOL))
    different |= schools.groupby(same_day).transform(lambda named: named.nunique() > 1 and _are_many(named.dropna())).astype(bool)
    return different.reindex(answers.index, fill_value=False).astype(bool)


def _are_many(schools: Iterable[str]) -> bool:
    """Are there two among ``schools`` that cannot be one under two spellings?"""
    return not all(may_be_one(*pair) for pair in combinations({school_name(school) for school in schools}, 2))


def _later_refused(answers: pd.DataFrame, off_the_list: pd.Series) -> pd.Series:
    """Which answers that take a child off the list, or wait for the county to do so, were followed by one about the child that says something
    else and was refused: the officer may have meant to take the first back. Not those that the county decided on after that one came."""
    about = answers[(answers["kind"] == "whereabouts") & answers["case_id"].notna()]
    live = about[about["state"].isin(_LIVE) & off_the_list.reindex(about.index)].reset_index()
    refused = about[(about["state"] == "refused") & ~about["refusal"].isin(OF_NOBODY)]
    both = live.merge(refused, on="case_id", suffixes=("", "_2"))
    # Days as days of pandas: where none of the refused answers has one, the column holds nothing that compares.
    day, day_2 = (pd.to_datetime(both[column]) for column in ("answered_on", "answered_on_2"))
    later = both["received_on_2"].ge(both["received_on"]) & ~day_2.lt(day)
    later &= ~pd.to_datetime(both["decided_on"]).gt(pd.to_datetime(both["received_on_2"]))
    other = both["value"].ne(both["value_2"]) | both["detail"].fillna("").ne(both["detail_2"].fillna(""))
    return pd.Series(answers.index.isin(both["index"][later & other]), index=answers.index)


def _subjects(answers: pd.DataFrame) -> pd.Series:
    """What each answer is about, so that a later one about the same takes it back."""
    subject = answers["person_id"].where(answers["kind"] == "whereabouts", answers["case_id"])
    subject = subject.where(~answers["kind"].isin(["pair", "acceptance"]), answers["about"])
    of_office = answers["kind"].eq("discrepancy") & answers["about"].notna()  # each office answers for its own system
    subject = subject.mask(of_office, answers["case_id"].astype("object") + "/" + answers["about"].astype("object"))
    subject = subject.where(answers["kind"] != "visit", answers["answer_id"])  # a later visit takes nothing back
    return answers["kind"] + "/" + subject.fillna(answers["answer_id"])


def _replaced_by_returned(answers: pd.DataFrame, state: pd.Series) -> pd.Series:
    """``state`` with those superseded that a township had replaced by an answer which the county then returned: its officer has said that
    they were wrong. What came after the county's word stays, and so does what says something else of the same day, for it came after it, too."""
    known = answers.assign(
        state=state, subject=_subjects(answers), township=answers["township"].astype("object").fillna("")
    ).reset_index()
    # 否 on 疑似同一人 is in effect without the county.
    known = known[known["kind"].eq("whereabouts") | known["value"].eq(JOINING)]
    both = known[known["state"].isin(_LIVE)].merge(
        known[known["state"] == "returned"], on=["subject", "township"], suffixes=("", "_2")
    )
    day, day_2 = (pd.to_datetime(both[column]) for column in ("answered_on", "answered_on_2"))
    alike = both["value"].eq(both["value_2"]) & both["detail"].fillna("").eq(both["detail_2"].fillna(""))
    before = pd.to_datetime(both["received_on"]) <= pd.to_datetime(both["word_received_2"])
    gone = before & (day.lt(day_2) | day.eq(day_2) & alike)
    return state.mask(answers.index.isin(both["index"][gone]), "superseded")


def _withdrawn(answers: pd.DataFrame, as_of: date) -> pd.Series:
    """Which reports a township has taken back: its own, of the same name and ID (or birthdate, where the report has no ID), that came on a night
    before and are of no later day: one that comes with it is that report put right. From the night after its answer, for only then it was known before
    the records were matched."""
    reports = answers[(answers["kind"] == "report") & answers["value"].isin([ABSENT, FOUND])].reset_index()
    takes_back = answers[(answers["kind"] == "whereabouts") & answers["value"].eq(WITHDRAWN) & answers["state"].eq("accepted")]
    both = reports.merge(takes_back[takes_back["received_on"] < as_of], on=["name", "township"], suffixes=("", "_2"))
    number, number_2 = both["id_number"].astype("object"), both["id_number_2"].astype("object")
    # A report with an ID is taken back by that ID alone: a child without one may be a namesake born on that day.
    same = number.eq(number_2) | number.str.len().ne(18) & both["birthdate"].eq(both["birthdate_2"])
    both = both[same.fillna(False).astype(bool)]
    came, came_2, day, day_2 = (pd.to_datetime(both[c]) for c in ("received_on", "received_on_2", "answered_on", "answered_on_2"))
    earlier = came.lt(came_2)
    # Two runs of one day may bring the report and its withdrawal.
    gone = (earlier | came.eq(came_2) & ~earlier.groupby(both["answer_id_2"]).transform("any")) & day.le(day_2)
    return pd.Series(answers.index.isin(both["index"][gone]), index=answers.index)


def _superseded(answers: pd.DataFrame, state: pd.Series, also: pd.Series) -> pd.Series:
    """``state`` with all answers about one thing superseded by the last that is in effect; of those that wait, by any later one. ``also``:
    answers that are refused and supersede all the same. Of two answers about a discrepancy that have
    one day and came in one night, the one that is not 已更正 counts."""
    corrected = answers["kind"].eq("discrepancy") & answers["value"].eq(CORRECTED)
    live = answers.assign(state=state.mask(also, "accepted"), subject=_subjects(answers), settles=~corrected)
    live = live[live["state"].isin(_LIVE)].sort_values([*_ORDER[:2], "settles", _ORDER[2]], ascending=False)
    later = live.groupby("subject").cumcount()
    accepted_later = live["state"].eq("accepted").groupby(live["subject"]).cumsum() - live["state"].eq("accepted").astype(int)
    gone = accepted_later.gt(0) | (live["state"].eq("waiting") & later.gt(0))
    return state.mask(gone.reindex(answers.index, fill_value=False) & ~also, "superseded")
