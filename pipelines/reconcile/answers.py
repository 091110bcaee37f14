"""What townships answered of listed children and of discrepancies, and which of it is taken for true."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from matching.names import clean_name
from pipelines.refusal import Refusal
from pipelines.returned import Row
from pipelines.values import squeeze
from schemas.answers import HANDLED, NOT_YET
from schemas.school_calendar import semester_start
from schemas.whereabouts import ANSWERS

_CONFIRMED = ["person_id", "whereabouts", "answer", "school", "answered_on"]
_HANDLED = ["case_id", "person_id", "said"]


def whereabouts_said(rows: Sequence[Row], as_of: date) -> tuple[pd.DataFrame, list[Refusal]]:
    """(answers, refusals) of the rows of 去向不明儿童. Answers: person_id, name, answer, whereabouts (null where the answer
    changes none), school, answered_on, file, row, of this semester alone, in order of time.

    An answer that a child is at school elsewhere counts only with the school named, one that it is exempted only with the approval;
    each lapses with the semester.
    """
    taken: list[dict[str, object]] = []
    refused: list[Refusal] = []
    for row in rows:
        written, day = row.cells.get("said"), row.day()
        if not written or not squeeze(written):
            continue
        choice = squeeze(written).replace("(", "（").replace(")", "）").replace(",", "、")
        if choice not in ANSWERS:
            refused.append(row.refused("answer_unknown", "的核查去向不在下拉列表中，未采用，请从列表中选择"))
            continue
        whereabouts = ANSWERS[choice]
        if lacking := _lacking(row, whereabouts, day, as_of):
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


def _lacking(row: Row, whereabouts: str | None, day: date | None, as_of: date) -> str | None:
    """What an answer still needs before it may take a child off the list."""
    if not row.cells.get("person_id") or not row.cells.get("name"):
        return "人员编号或姓名被删除"
    if day is None:
        return "未填核查日期"
    if not semester_start(as_of) <= day <= as_of:
        return "核查日期不在本学期内"
    if whereabouts == "enrolled_elsewhere" and not row.cells.get("school_said"):
        return "未填就读学校"
    if whereabouts == "exempted" and not row.cells.get("note"):
        return "未在核查说明中填写免学、缓学的批准文号"
    return None


def confirm(answers: pd.DataFrame, names: pd.DataFrame) -> tuple[pd.DataFrame, list[Refusal]]:
    """(answers, refusals): person_id, whereabouts, answer, school, answered_on of the answers that are about the person they
    name, the latest for each: who was said to be at school and is now said to be missing is missing. ``names``: person_id,
    name, one row a record.

    A number that now stands for somebody else (an old workbook, a folder begun anew) must not hide that child.
    """
    if not len(answers):
        return answers[_CONFIRMED].astype("str"), []
    names = names[names["person_id"].isin(answers["person_id"])]
    known = set(zip(names["person_id"], names["name"], strict=True))
    right = [(person, clean_name(name)) in known for person, name in zip(answers["person_id"], answers["name"], strict=True)]
    fits = pd.Series(right, index=answers.index, dtype=bool)
    why = "的人员编号与姓名对不上，未采用，请用最近一次发出的核查表填写"
    refused = [
        Row(file, "去向不明儿童", number, {}).refused("answer_of_another", why)
        for file, number in zip(answers["file"][~fits], answers["row"][~fits], strict=True)
    ]
    latest = answers[fits].drop_duplicates("person_id", keep="last")
    return latest[_CONFIRMED].astype("str"), refused


def handling_said(rows: Sequence[Row], log: pd.DataFrame, as_of: date) -> tuple[pd.DataFrame, list[Refusal]]:
    """(answers, refusals) of the rows of 信息不一致. Answers: case_id, person_id, said (in words, with the day), the latest of
    each case. They close nothing: a case is closed when the registries no longer contradict one another. ``log``: the cases so far.
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
            said = "，".join([handled or "已填正确值", *([f"正确值 {right}"] if right else []), day.isoformat()])
            taken[case] = day, [case, row.cells["person_id"], said]
    return pd.DataFrame([answer for _, answer in taken.values()], columns=_HANDLED).astype("str"), refused
