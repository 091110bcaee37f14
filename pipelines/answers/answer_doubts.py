"""What the county should ask about before it accepts an answer: ``answers.doubt``, a code of ``schemas.answers.ANSWER_DOUBTS``."""

from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from pipelines.answers.answer_needs import Answer, Background
from pipelines.answers.same_school import is_one, may_be_one, school_name
from schemas.answers import BACK, MANY_TO_ONE, OFF_THE_LIST
from schemas.whereabouts import ANSWERS, NAMES_A_SCHOOL

# Those for which an answer waits even where the county accepts none (``acceptance`` = none).
ASKED_FIRST = ("many_to_one_school", "one_approval", "back_at_unknown_school", "signed_ahead", "person_merged")


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
    return None if any(is_one(school_name(school), other) for other in known.accepted_schools) else "school_seen_nowhere"


def many_to_one(answers: pd.DataFrame) -> pd.Series:
    """Which of the ``answers`` (kind, township, detail, answered_on, person_id, id_number, name) are among those by which one township sent
    many children to one school on one day, whatever their classes and however much of the place stands before the school's name."""
    who = answers["person_id"].fillna(answers["id_number"]).fillna(answers["name"])
    places = list(zip(answers["kind"], answers["township"].fillna(""), answers["answered_on"].astype("str"), strict=True))
    sent: dict[tuple[str, str, str], dict[str, set[object]]] = {}
    for place, school, child in zip(places, answers["detail"].fillna(""), who, strict=True):
        if school:
            sent.setdefault(place, {}).setdefault(school, set()).add(child)
    many = {(place, school) for place, schools in sent.items() for school in _of_many(schools)}
    found = [key in many for key in zip(places, answers["detail"], strict=True)]
    return pd.Series(found, index=answers.index, dtype=bool)


def _of_many(children: Mapping[str, Collection[object]]) -> Iterator[str]:
    """The schools (school as written -> its children) that have many children with all that may be the same one."""
    if len(set().union(*children.values())) < MANY_TO_ONE:
        return
    names = {school: school_name(school) for school in children}
    for school, name in names.items():
        same = (children[other] for other in children if may_be_one(name, names[other]))
        if len(set().union(*same)) >= MANY_TO_ONE:
            yield school
