"""What townships answered: the returned workbooks in DIR/inbox, sheet 去向不明儿童."""

from datetime import date
from pathlib import Path

import pandas as pd

from matching.names import clean_name
from pipelines.files.containers import sheets
from pipelines.ingest.headings import plain
from pipelines.refusal import FileRefused, Refusal
from pipelines.values import parse_date, squeeze
from schemas.school_calendar import semester_start
from schemas.whereabouts import ANSWERS

SHEET = "去向不明儿童"
_CONFIRMED = ["person_id", "whereabouts", "answer", "school", "answered_on"]
_COLUMNS = {"人员编号": "person_id", "姓名": "name", "核查去向": "answer", "就读学校": "school", "核查日期": "answered_on"}


def read_answers(inbox: Path, as_of: date) -> tuple[pd.DataFrame, list[Refusal]]:
    """(answers, refusals). Answers: person_id, name, answer, whereabouts (null where the answer changes none), school,
    answered_on, file, row, of this semester alone, in order of time.

    An answer that a child is at school elsewhere counts only with the school named; each lapses with the semester.
    """
    rows: list[dict[str, object]] = []
    refused: list[Refusal] = []
    for path in sorted(inbox.glob("*.xlsx")) if inbox.is_dir() else []:
        if path.name.startswith(("~$", ".")):
            continue
        try:
            rows += _read_file(path, as_of, refused)
        except FileRefused as error:
            refused.append(Refusal("answers", path.name, "", error.rule, error.message))
    answers = pd.DataFrame(rows, columns=["person_id", "name", "answer", "whereabouts", "school", "answered_on", "file", "row"])
    return answers.sort_values(["person_id", "answered_on", "file", "row"], ignore_index=True), refused


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
    message = "第 {} 行的人员编号与姓名对不上，未采用，请用最近一次发出的核查表填写"
    refused = [
        Refusal("answers", file, SHEET, "answer_of_another", message.format(row), row)
        for file, row in zip(answers["file"][~fits], answers["row"][~fits], strict=True)
    ]
    latest = answers[fits].drop_duplicates("person_id", keep="last")
    return latest[_CONFIRMED].astype("str"), refused


def _read_file(path: Path, as_of: date, refused: list[Refusal]) -> list[dict[str, object]]:
    grid = next((grid for grid in sheets(path.read_bytes()) if grid.sheet == SHEET), None)
    if grid is None:
        raise FileRefused("missing_sheet", f"缺少工作表“{SHEET}”，不是本系统发出的核查表，请退回原表填写")
    rows = grid.head(len(grid))
    for below, column in grid.filled:  # an answer merged over several children is the first one's alone
        rows[below - grid.first_row][column] = None
    heading = next((i for i, row in enumerate(rows[:10]) if any(plain(c) == "人员编号" for c in row)), None)
    if heading is None:
        raise FileRefused("missing_column", f"工作表“{SHEET}”缺少“人员编号”列，请使用发出的原表填写")
    at = {field: i for i, c in enumerate(rows[heading]) for h, field in _COLUMNS.items() if plain(c).startswith(h)}
    taken: list[dict[str, object]] = []
    for number, row in enumerate(rows[heading + 1 :], heading + 1 + grid.first_row):
        said = {field: row[i] if i < len(row) else None for field, i in at.items()}
        answer = said.get("answer")
        if not answer or not squeeze(answer):
            continue
        choice = squeeze(answer).replace("(", "（").replace(")", "）").replace(",", "、")
        if choice not in ANSWERS:
            message = f"第 {number} 行的核查去向不在下拉列表中，未采用，请从列表中选择"
            refused.append(Refusal("answers", path.name, SHEET, "answer_unknown", message, number))
            continue
        whereabouts = ANSWERS[choice]
        written = said.get("answered_on")
        day = parse_date(written) if written else None
        if lacking := _lacking(said, whereabouts, day, as_of):
            refused.append(
                Refusal(
                    "answers", path.name, SHEET, "answer_incomplete", f"第 {number} 行{lacking}，未采用，该儿童仍在名单上", number
                )
            )
            continue
        taken.append(
            {
                "person_id": said["person_id"],
                "name": said["name"],
                "answer": choice,
                "whereabouts": whereabouts,
                "school": said.get("school"),
                "answered_on": day,
                "file": path.name,
                "row": number,
            }
        )
    return taken


def _lacking(said: dict[str, str | None], whereabouts: str | None, day: date | None, as_of: date) -> str | None:
    """What an answer still needs before it may take a child off the list."""
    if not said.get("person_id") or not said.get("name"):
        return "人员编号或姓名被删除"
    if day is None:
        return "未填核查日期"
    if not semester_start(as_of) <= day <= as_of:
        return "核查日期不在本学期内"
    if whereabouts == "enrolled_elsewhere" and not said.get("school"):
        return "未填就读学校"
    return None
