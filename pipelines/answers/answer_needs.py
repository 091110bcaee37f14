"""What an answer needs before it counts: for each kind of answer its checks in their order; the first that fails is why it is refused.

A code is one of ``schemas.answers.ANSWER_REFUSAL_WORDS``. An answer that would take a child off the list needs who, when and its evidence: a
school that exists, or the number of an approval (the plan, step (四)).
"""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from matching.name_text import clean_name
from pipelines.answers.approvals import approvals_of, can_be_of
from pipelines.answers.merged_persons import NO_MERGERS, Mergers
from pipelines.answers.received import ReceivedAnswer
from pipelines.answers.returned import ReturnedRow
from pipelines.answers.same_school import SchoolName, school_name
from pipelines.answers.schools import Schools
from pipelines.intake.values import is_nothing, parse_date, squeeze
from schemas.answers import ACCEPTED, BACK, CHOICES, NOT_SIGNED, NOT_YET
from schemas.calendar import semester_start
from schemas.registries.xiangzhen import REGISTRY
from schemas.whereabouts import (
    ANSWERS,
    CLASS_AGES,
    NAMES_A_SCHOOL,
    NOBODY,
    OUTSIDE_COUNTY,
    VOCATIONAL,
    VOCATIONAL_CLASS,
    WITHDRAWN,
    YOUNGEST_AT_VOCATIONAL,
)

Answer = Mapping[str, object]  # a row of the table answers
Need = Callable[[Answer, "Background"], str | None]

_MARKS = "。.，,、；;：:？?！!～~-—_*/（）()【】[]<>“”\"'"
_SIGNED = re.compile(r"[A-Z一-龥·]{2,}")
_AGREED, _NOT_AGREED = re.compile("同意|自愿"), re.compile("[不未没][^，。；]{0,3}(?:同意|自愿)")


@dataclass(frozen=True, slots=True)
class ListedCase:
    """What the log knows of a case. ``persons``: all that it has ever had, and whom they were merged into; ``townships``: all that it has ever had;
    ``names``, ``id_numbers``, ``birthdates``: all that it has ever shown; ``since``: the night of its last opening, None where that is not known."""

    kind: str
    persons: frozenset[str]
    townships: frozenset[str | None]
    names: frozenset[str]
    id_numbers: frozenset[str | None]
    birthdates: frozenset[str | None]
    since: date | None


@dataclass(frozen=True, slots=True)
class Background:
    """What answers are checked against: the day, the cases so far, the schools that the registries name, and the answers that a run before
    published (``published``, their answer_id); ``accepted_schools``: those that the county accepted before; ``only_reported``: the persons
    whom nothing bears out but reports of that one township, as ``only_reported`` gives them. Judgements of two records need the day alone."""

    as_of: date
    cases: Mapping[str, ListedCase] = field(default_factory=dict)
    schools: Schools = field(default_factory=Schools)
    published: Collection[str] = frozenset()
    accepted_schools: Collection[SchoolName] = frozenset()
    only_reported: Collection[tuple[str, str]] = frozenset()


def cases_of(log: pd.DataFrame, wanted: set[str], mergers: Mergers = NO_MERGERS) -> dict[str, ListedCase]:
    """The cases ``wanted`` of the table case_log."""
    found: dict[str, ListedCase] = {}
    for case, entries in log[log["case_id"].isin(wanted)].sort_values("entry").groupby("case_id"):
        shown = [json.loads(content) for content in entries["content"]]
        opened = entries["as_of"][entries["event"].isin(["opened", "reopened"])]
        found[str(case)] = ListedCase(
            entries["kind"].iloc[-1],
            frozenset(number for person in entries["person_id"].unique() for number in (person, mergers.number_of(person)[0])),
            frozenset(None if pd.isna(place) else place for place in entries["township"]),
            frozenset(_as_name(content.get("name")) for content in shown),
            frozenset(content.get("id_number") for content in shown),
            frozenset(content.get("birthdate") for content in shown),
            opened.iloc[-1] if len(opened) else None,
        )
    return found


def published_answers(earlier: pd.DataFrame) -> frozenset[str]:
    """The answers, of the table answers so far, that the county may have been shown: all that were not refused."""
    return frozenset(earlier["answer_id"][(earlier["kind"] != "acceptance") & (earlier["state"] != "refused")])


def accepted_schools(earlier: pd.DataFrame) -> frozenset[SchoolName]:
    """The schools outside the registries that the county has accepted in an answer of this semester or an earlier one, of the table answers so
    far."""
    words = earlier[(earlier["kind"] == "acceptance") & (earlier["state"] != "refused")]
    last = words.sort_values(["answered_on", "received_on", "answer_id"]).drop_duplicates("about", keep="last")
    accepted = earlier["answer_id"].isin(last["about"][last["value"] == ACCEPTED])
    return frozenset(map(school_name, earlier["detail"][accepted & earlier["value"].isin(NAMES_A_SCHOOL)].dropna().unique()))


def only_reported(records: pd.DataFrame) -> frozenset[tuple[str, str]]:
    """(person_id, township) of the persons whom nothing bears out but reports of that one township: all other ``records`` (person_id, registry,
    township, register_state) are of a household register that has them as gone."""
    reported = records["person_id"][records["registry"] == REGISTRY.key]  # few, and a county's records are many
    of_person = records[records["person_id"].isin(reported)].groupby("person_id")
    found = []
    for person, rows in of_person:
        reports = rows["registry"].eq(REGISTRY.key)
        gone = rows["register_state"].notna() & rows["register_state"].ne("normal")
        if (reports | gone).all() and rows.loc[reports, "township"].nunique(dropna=False) == 1:
            found.append((str(person), str(rows.loc[reports, "township"].iloc[0])))
    return frozenset(found)


def _as_name(name: object) -> str:
    return clean_name(str(name or "")) or ""


def _is_whole(answer: Answer, known: Background) -> str | None:
    return str(answer["refusal"]) if answer["refusal"] else None


def _is_chosen(answer: Answer, known: Background) -> str | None:
    if not answer["value"]:
        return "answer_missing"
    return None if answer["value"] in CHOICES[str(answer["kind"])] else "answer_unknown"


def _is_handled(answer: Answer, known: Background) -> str | None:
    """The correct value alone is an answer, too; with 未处理 beside it nobody can tell what was done."""
    if answer["detail"] and answer["value"] == NOT_YET:
        return "not_yet_with_value"
    return None if answer["detail"] and not answer["value"] else _is_chosen(answer, known)


def _is_of_its_child(answer: Answer, known: Background) -> str | None:
    case = known.cases.get(str(answer["case_id"]))
    if case is None or case.kind != "list" or answer["person_id"] not in case.persons:
        return "answer_of_another"
    same = _as_name(answer["name"]) in case.names
    same &= answer["id_number"] in case.id_numbers or answer["birthdate"] in case.birthdates
    return None if same and (answer["township"] in case.townships or None in case.townships) else "answer_of_another"


def _is_of_its_case(answer: Answer, known: Background) -> str | None:
    case = known.cases.get(str(answer["case_id"]))
    return None if case and answer["person_id"] in case.persons else "answer_of_another"


def _is_signed(answer: Answer, known: Background) -> str | None:
    signed = squeeze(str(answer["answered_by"] or "")).strip(_MARKS)
    return "not_signed" if is_nothing(signed) or signed in NOT_SIGNED or not _SIGNED.search(signed) else None


def _is_dated(answer: Answer, known: Background) -> str | None:
    day = answer["answered_on"]
    if not isinstance(day, date):
        return "day_missing"
    return "day_ahead" if day > known.as_of else None


def _is_of_the_semester(answer: Answer, known: Background) -> str | None:
    day = answer["answered_on"]
    return "day_of_last_semester" if isinstance(day, date) and day < semester_start(known.as_of) else None


def _is_after_listing(answer: Answer, known: Background) -> str | None:
    case, day = known.cases.get(str(answer["case_id"])), answer["answered_on"]
    return "day_before_listing" if case and case.since and isinstance(day, date) and day < case.since else None


def _names_its_school(answer: Answer, known: Background) -> str | None:
    school = str(answer["detail"] or "")
    if answer["value"] == OUTSIDE_COUNTY:
        return known.schools.fault_elsewhere(school)
    if answer["value"] in (VOCATIONAL, VOCATIONAL_CLASS):
        return known.schools.fault_vocational(school)
    if answer["value"] in NAMES_A_SCHOOL:
        return known.schools.fault_of_full_name(school)
    return None


def _names_its_approval(answer: Answer, known: Background) -> str | None:
    if ANSWERS.get(str(answer["value"])) != "exempted":
        return None
    born, named = parse_date(str(answer["birthdate"] or "")), approvals_of(answer["note"], answer["evidence"])
    if not named:
        return "approval_missing"
    return None if any(can_be_of(approval, born, known.as_of) for approval in named) else "approval_of_other_years"


def _is_of_the_age(answer: Answer, known: Background) -> str | None:
    born, day = parse_date(str(answer["birthdate"] or "")), answer["answered_on"]
    if answer["value"] == VOCATIONAL and born and isinstance(day, date) and _years_between(born, day) < YOUNGEST_AT_VOCATIONAL:
        return "too_young_for_vocational"
    if answer["value"] != VOCATIONAL_CLASS:
        return None
    if born is None or not isinstance(day, date) or not CLASS_AGES[0] <= _years_between(born, day) <= CLASS_AGES[1]:
        return "not_of_class_age"
    written = "".join(squeeze(str(answer[key] or "")) for key in ("note", "evidence"))
    return None if _AGREED.search(written) and not _NOT_AGREED.search(written) else "consent_missing"


def _is_own_report(answer: Answer, known: Background) -> str | None:
    own = (answer["person_id"], answer["township"]) in known.only_reported
    if answer["value"] == NOBODY and own:  # no office has anybody to strike off
        return "own_report_of_nobody"
    return "not_own_report" if answer["value"] == WITHDRAWN and not own else None


def _years_between(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _is_of_a_published_answer(answer: Answer, known: Background) -> str | None:
    """The county decides on what its workbook showed, not on what came back together with its word."""
    return None if answer["about"] in known.published else "accepted_unseen"


def _is_named(answer: Answer, known: Background) -> str | None:
    return None if re.search("[一-龥]{2,}", squeeze(str(answer["name"] or ""))) else "name_missing"


def _is_somebody(answer: Answer, known: Background) -> str | None:
    return None if answer["id_number"] or answer["birthdate"] else "report_vague"


def _is_back_at_a_school(answer: Answer, known: Background) -> str | None:
    """That a pupil is back takes it off the list, as an answer that names a school does."""
    if answer["value"] != BACK:
        return None
    return _is_of_the_semester(answer, known) or known.schools.fault_of_full_name(str(answer["detail"] or ""))


NEEDS: Mapping[str, tuple[Need, ...]] = {
    "whereabouts": (
        _is_whole, _is_chosen, _is_of_its_child, _is_signed, _is_dated, _is_of_the_semester, _is_after_listing, _names_its_school,
        _names_its_approval, _is_of_the_age, _is_own_report,
    ),
    "pair": (_is_whole, _is_chosen, _is_signed, _is_dated),
    "discrepancy": (_is_whole, _is_handled, _is_of_its_case, _is_signed, _is_dated),
    "report": (_is_named, _is_somebody, _is_chosen, _is_whole, _is_signed, _is_dated, _is_back_at_a_school),
    "visit": (_is_whole, _is_chosen, _is_of_its_case, _is_signed, _is_dated),
    "acceptance": (_is_whole, _is_chosen, _is_of_a_published_answer, _is_signed, _is_dated),
}  # fmt: skip


def refusal_of(answer: Answer, known: Background) -> str | None:
    """Why the answer is refused; None where it is whole."""
    return next((fault for check in NEEDS[str(answer["kind"])] if (fault := check(answer, known))), None)


def sound_judgements(received: Sequence[ReceivedAnswer], as_of: date) -> list[ReturnedRow]:
    """The rows that judge two records and pass their checks."""
    known = Background(as_of)
    return [answer.row for answer in received if answer.values["kind"] == "pair" and not refusal_of(answer.values, known)]
