"""What townships reported of listed children and of discrepancies, and which of these answers count."""

import json
import re
from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from matching.names import clean_name
from pipelines.answers.returned import ReturnedRow
from pipelines.files.refusal import Refusal
from pipelines.intake.places import Places
from pipelines.intake.values import squeeze
from reports.listings import CHILDREN_SHEET
from schemas.answers import HANDLED, NOT_YET
from schemas.calendar import semester_start
from schemas.whereabouts import ANSWERS, OUTSIDE_COUNTY

_CONFIRMED = ["person_id", "whereabouts", "answer", "school", "answered_on"]
# What the name of a school holds, what a remark without a school begins with, and how an approval is numbered.
_SCHOOL = re.compile("[校院园]|[大中小]学|[一-龥]中$|职中|技工|实验|教学点")
_NO_SCHOOL = re.compile("^(无|没|未|不|待|？|\\?)|不详|不知|待核")
_APPROVAL = re.compile(r"20\d\d\D{0,3}第?\d+号")
_HANDLED = ["case_id", "person_id", "said", "answer", "right_value", "answered_on"]


def _as_compared(answer: str) -> str:
    """An answer whatever its blanks and whichever width its brackets and commas have."""
    return squeeze(answer).translate(str.maketrans("（），、", "(),,"))


_OPTIONS = {_as_compared(answer): answer for answer in ANSWERS}  # as compared -> as the drop-down has it


def reported_whereabouts(rows: Sequence[ReturnedRow], as_of: date, places: Places) -> tuple[pd.DataFrame, list[Refusal]]:
    """(answers, refusals) of the rows of 去向不明儿童. Answers, in order of time and of this semester alone: person_id, name,
    answer, whereabouts (null where the answer changes none), school, answered_on, file, row.

    An answer that a child is at school elsewhere counts only with the name of the school, an answer that it is exempted only
    with the number of the approval. Each lapses with the semester. ``places``: of the county, whose own schools are not elsewhere.
    """
    taken: list[dict[str, object]] = []
    refused: list[Refusal] = []
    for row in rows:
        answer, day = row.cells.get("said"), row.day()
        if not answer or not squeeze(answer):
            if any(squeeze(row.cells.get(field) or "") for field in ("school_said", "note")):
                refused.append(row.refused("answer_incomplete", "填了就读学校或核查说明，未选核查去向，未采用，请从列表中选择"))
            continue
        choice = _OPTIONS.get(_as_compared(answer))
        if choice is None:
            refused.append(row.refused("answer_unknown", "的核查去向不在下拉列表中，未采用，请从列表中选择"))
            continue
        whereabouts = ANSWERS[choice]
        if lacking := _lacking(row, choice, whereabouts, day, as_of, places):
            refused.append(row.refused("answer_incomplete", f"{lacking}，未采用，该儿童仍在名单上"))
            continue
        taken.append(
            {
                "person_id": row.cells["person_id"],
                "name": row.cells["name"],
                "answer": choice,
                "whereabouts": whereabouts,
                "school": row.cells.get("school_said"),
                "answered_on": day,
                "file": row.file,
                "row": row.number,
            }
        )
    answers = pd.DataFrame(taken, columns=["person_id", "name", "answer", "whereabouts", "school", "answered_on", "file", "row"])
    return answers.sort_values(["person_id", "answered_on", "file", "row"], ignore_index=True), refused


def _lacking(row: ReturnedRow, choice: str, whereabouts: str | None, day: date | None, as_of: date, places: Places) -> str | None:
    """What an answer still needs before it may take a child off the list."""
    if not row.cells.get("person_id") or not row.cells.get("name"):
        return "人员编号或姓名被删除"
    if day is None:
        return "的核查日期未填或无法识别"
    if not semester_start(as_of) <= day <= as_of:
        return "核查日期不在本学期内"
    school = squeeze(row.cells.get("school_said") or "")
    if whereabouts == "enrolled_elsewhere" and (not _SCHOOL.search(school) or _NO_SCHOOL.search(school)):
        return "未填就读学校的全称"
    if choice == OUTSIDE_COUNTY and (places.township_of(school) or places.names_county(school)):
        return "填的是本县的学校，不能算县外就读"
    if whereabouts == "exempted" and not _APPROVAL.search(squeeze(row.cells.get("note") or "")):
        return "未在核查说明中填写免学、缓学的批准文号（如 〔2020〕8号）"
    return None


def kept_whereabouts(log: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The answers of this semester about listed children that earlier runs took, whatever has become of their workbooks: the last of
    each person, columns as of ``reported_whereabouts`` without file and row. ``log``: the table case_log so far."""
    begun = semester_start(as_of)
    taken = log[(log["event"] == "answered") & (log["kind"] == "list") & log["answer"].isin(list(ANSWERS))]
    days = zip(taken["as_of"], taken["answered_on"], strict=True)
    taken = taken[np.array([known <= as_of and begun <= day <= as_of for known, day in days], dtype=bool)]
    last = taken.sort_values(["answered_on", "entry"]).drop_duplicates("person_id", keep="last")
    return pd.DataFrame(
        {
            "person_id": last["person_id"],
            "name": [json.loads(content).get("name") for content in last["content"]],
            "answer": last["answer"],
            "whereabouts": last["answer"].map(ANSWERS),
            "school": last["answer_detail"],
            "answered_on": last["answered_on"],
        }
    ).sort_values("person_id", ignore_index=True)


def latest_confirmed_by_name(
    answers: pd.DataFrame, names: pd.DataFrame, kept: pd.DataFrame
) -> tuple[pd.DataFrame, list[Refusal]]:
    """(answers, refusals): of the answers whose person_id has the name beside it, the latest of each person, with columns
    person_id, whereabouts, answer, school, answered_on. Two answers of one day that contradict each other are both refused.
    ``names``: person_id, name, one row a record. ``kept``: answers that earlier runs took (``kept_whereabouts``); of a person who
    has an answer of the same day or a later one among ``answers``, that one goes first.

    A person_id that now belongs to somebody else (an old workbook, a folder begun anew) must not hide that child.
    """
    named_right = _named_right(answers, names)
    why = "的人员编号与姓名对不上，未采用，请用最近一次发出的核查表填写"
    refused = [
        ReturnedRow(file, CHILDREN_SHEET.title, number, {}).refused("answer_of_another", why)
        for file, number in zip(answers["file"][~named_right], answers["row"][~named_right], strict=True)
    ]
    latest = answers[named_right]
    latest = latest[latest["answered_on"] == latest.groupby("person_id")["answered_on"].transform("max")]
    contradicting = latest["whereabouts"].fillna("").groupby(latest["person_id"]).transform("nunique") > 1
    why = "与同一天的另一份答复不同，都未采用，该儿童仍按未答复处理；如系更正，请把核查日期改为更正当天"
    refused += [
        ReturnedRow(file, CHILDREN_SHEET.title, number, {}).refused("answers_contradict", why)
        for file, number in zip(latest["file"][contradicting], latest["row"][contradicting], strict=True)
    ]
    days = latest.drop_duplicates("person_id").set_index("person_id")["answered_on"].to_dict()
    kept = kept[_named_right(kept, names)]
    pairs = zip(kept["person_id"], kept["answered_on"], strict=True)
    kept = kept[np.array([day > days.get(person, date.min) for person, day in pairs], dtype=bool)]
    tonight = latest[~contradicting & ~latest["person_id"].isin(kept["person_id"])].drop_duplicates("person_id", keep="last")
    return pd.concat([tonight[_CONFIRMED].astype("str"), kept[_CONFIRMED].astype("str")], ignore_index=True), refused


def _named_right(answers: pd.DataFrame, names: pd.DataFrame) -> pd.Series:
    """Of each answer whether its person_id has a record of the name beside it."""
    names = names[names["person_id"].isin(answers["person_id"])]
    known = set(zip(names["person_id"], names["name"], strict=True))
    right = [
        (person, clean_name(name or "")) in known for person, name in zip(answers["person_id"], answers["name"], strict=True)
    ]
    return pd.Series(right, index=answers.index, dtype=bool)


def reported_handling(rows: Sequence[ReturnedRow], log: pd.DataFrame, as_of: date) -> tuple[pd.DataFrame, list[Refusal]]:
    """(answers, refusals) of the rows of 信息不一致. Answers: the latest of each case, with columns case_id, person_id, said (the
    answer in words, with its day), answer (the choice, null where only the correct value is filled in), right_value, answered_on.
    They close nothing: a case is closed when the registries no longer contradict each other.
    ``log``: the table case_log so far.
    """
    cases = dict(zip(log["case_id"], log["person_id"], strict=True))
    taken: dict[str, tuple[date, list[str | None]]] = {}
    refused: list[Refusal] = []
    for row in rows:
        handled, right, day = squeeze(row.cells.get("said") or ""), row.cells.get("right_value"), row.day()
        if handled not in ("", *HANDLED):
            refused.append(row.refused("answer_unknown", "的处理情况不在下拉列表中，未采用，请从列表中选择"))
        elif handled == NOT_YET or not (handled or right):
            continue
        elif day is None or day > as_of:
            refused.append(row.refused("answer_incomplete", "未填日期或日期在将来，未采用，请补填"))
        elif not (case := row.cells.get("case_id")) or not row.cells.get("person_id"):
            refused.append(row.refused("answer_incomplete", "的个案编号或人员编号被删除，未采用，请用发出的原表填写"))
        elif cases.get(case) != row.cells["person_id"]:
            refused.append(row.refused("answer_of_another", "的个案编号与人员编号对不上，未采用，请用最近一次发出的核查表填写"))
        elif case not in taken or taken[case][0] <= day:
            words = "，".join([handled or "已填正确值", *([f"正确值 {right}"] if right else []), day.isoformat()])
            taken[case] = day, [case, row.cells["person_id"], words, handled or None, right or None, day.isoformat()]
    return pd.DataFrame([answer for _, answer in taken.values()], columns=_HANDLED).astype("str"), refused
