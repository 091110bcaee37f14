"""What the county should ask about before it accepts an answer: ``answers.doubt``, a code of ``schemas.answers.ANSWER_DOUBTS``."""

import pandas as pd

from pipelines.answers.answer_needs import Answer, Background
from pipelines.answers.same_school import may_be_one, school_name
from schemas.answers import BACK, MANY_TO_ONE, OFF_THE_LIST
from schemas.whereabouts import ANSWERS, NAMES_A_SCHOOL

# Those for which an answer waits even where the county accepts none (``acceptance`` = none).
ASKED_FIRST = ("many_to_one_school", "back_at_unknown_school")


def doubt_of(answer: Answer, known: Background) -> str | None:
    """The doubt about the school of one answer; None where there is none."""
    school, value = str(answer["detail"] or ""), str(answer["value"])
    if not school or known.schools.is_known(school):
        return None
    if answer["kind"] == "report":
        return "back_at_unknown_school" if value == BACK else None
    if answer["kind"] != "whereabouts" or value not in NAMES_A_SCHOOL:
        return None
    if ANSWERS[value] not in OFF_THE_LIST:
        return "school_not_in_registries"
    return None if any(may_be_one(school_name(school), other) for other in known.accepted_schools) else "school_seen_nowhere"


def many_to_one(answers: pd.DataFrame) -> pd.Series:
    """Which of the ``answers`` (kind, township, detail, answered_on, person_id, id_number, name) are among those by which one township sent
    many children to one school on one day, whatever their classes and however much of the place stands before the school's name."""
    many = pd.Series(False, index=answers.index)
    named = answers[answers["detail"].notna()]
    who = named["person_id"].fillna(named["id_number"]).fillna(named["name"])
    for _, group in named.groupby(["kind", "township", "answered_on"], dropna=False):
        people = who[group.index].groupby(group["detail"]).agg(frozenset)
        if len(frozenset().union(*people)) < MANY_TO_ONE:
            continue
        for school, name in [(school, school_name(school)) for school in people.index]:
            same = [people[other] for other in people.index if may_be_one(name, school_name(other))]
            if len(frozenset().union(*same)) >= MANY_TO_ONE:
                many[group.index[group["detail"] == school]] = True
    return many
