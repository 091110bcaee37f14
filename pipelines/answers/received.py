"""Returned rows as answers: what each says, of which case, by whom and when. An answer is known by its content, so that a row read again on
another night, or from a copy of its file, is the same answer."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from matching.ids import parse_ids
from matching.name_text import clean_name
from pipelines.answers.returned import ReturnedRow
from pipelines.intake.values import parse_date, squeeze
from reports.answer_listings import ABSENT_SHEET, ACCEPTANCE_SHEET, CORRECTIONS_SHEET, FOUND_SHEET, VISITS_SHEET
from reports.book import SheetOfRows
from reports.joining_listing import JOINING_SHEET
from reports.listings import CHILDREN_SHEET, FINDINGS_SHEET, PAIRS_SHEET, ROW_CODES
from reports.roster_listings import HOLIDAY_SHEET
from reports.row_codes import fault_of_codes
from schemas.answers import CHOICES, FOUND, NOT_YET
from schemas.tables import TABLES

_DAYS = ("birthdate", "birthdate_l", "birthdate_r", "answered_on")  # cells that a program may write in another form
_SIDE = ("registry", "name", "id", "birthdate", "guardian", "place")
_DIGEST_BYTES = 8


@dataclass(frozen=True, slots=True)
class _Kind:
    """``detail``: the cell beside the choice that belongs to it; ``says``: cells of which one must be filled for the row to be an answer."""

    code: str
    sheet: SheetOfRows
    detail: str | None
    says: tuple[str, ...]
    value: str | None = None  # where the sheet says it and the row does not


_KINDS = (
    _Kind("whereabouts", CHILDREN_SHEET, "school_said", ("said", "school_said", "note", "evidence")),
    _Kind("pair", PAIRS_SHEET, "likelihood", ("said", "note")),
    _Kind("discrepancy", FINDINGS_SHEET, "right_value", ("said", "right_value")),
    _Kind("discrepancy", CORRECTIONS_SHEET, "right_value", ("said", "right_value")),
    _Kind("report", ABSENT_SHEET, "school_said", ("name", "id_number", "birthdate", "said", "school_said", "note")),
    _Kind("report", FOUND_SHEET, None, ("name", "id_number", "birthdate", "guardian", "phone", "note"), FOUND),
    _Kind("visit", VISITS_SHEET, "measure", ("said", "measure", "note")),
    _Kind("visit", HOLIDAY_SHEET, "measure", ("said", "measure", "note")),
    _Kind("acceptance", ACCEPTANCE_SHEET, "returned_why", ("said", "returned_why")),
    _Kind("acceptance", JOINING_SHEET, "returned_why", ("said", "returned_why")),
)


@dataclass(frozen=True, slots=True)
class ReceivedAnswer:
    """``values``: a row of the table answers as far as the returned row tells it, ``refusal`` among it where the row itself is not whole."""

    row: ReturnedRow
    values: Mapping[str, object]


def received_answers(returned: Mapping[str, Sequence[ReturnedRow]], as_of: date, row_key: bytes | None) -> list[ReceivedAnswer]:
    """The answers in the returned rows (by title of their list), in order of file, sheet and row. ``row_key``: of the codes of the rows, as for
    ``reports.row_codes.fault_of_codes``."""
    return [
        answer for kind in _KINDS for row in returned.get(kind.sheet.title, ()) if (answer := _answer(kind, row, as_of, row_key))
    ]


def answers_table(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """The rows with the columns of the table answers; what they do not tell is null."""
    return pd.DataFrame(list(rows), columns=TABLES["answers"].names)


def _answer(kind: _Kind, row: ReturnedRow, as_of: date, row_key: bytes | None) -> ReceivedAnswer | None:
    """None where nothing is answered: somebody has filled in the day of the whole column, say."""
    asked = {column.key for column in kind.sheet.asked}
    cells = {key: (text or "").strip() or None for key, text in row.cells.items()}
    says = [key for key in kind.says if squeeze(cells.get(key) or "")]
    if not says or (kind.code == "discrepancy" and says == ["said"] and _choice(kind.code, cells["said"]) == NOT_YET):
        return None
    values: dict[str, object] = {
        "kind": kind.code,
        "case_id": cells.get("case_id"),
        "person_id": cells.get("person_id"),
        "about": _about(kind, cells),
        "name": cells.get("name"),
        "id_number": cells.get("id_number"),
        "birthdate": _as_issued("birthdate", cells),
        "township": cells.get("township"),
        "value": kind.value or _choice(kind.code, cells.get("said")),
        "detail": cells.get(kind.detail) if kind.detail else None,
        **{key: cells.get(key) if key in asked else None for key in ("note", "evidence")},
        "answered_by": cells.get("checked_by"),
        "answered_on": row.day(),
    }
    whole = fault_of_row(kind.sheet, cells, row_key)
    told = [*values.values(), cells.get("checked_on"), *(cells.get(key) for key in ROW_CODES)]
    digest = hashlib.blake2b(json.dumps(told, ensure_ascii=False, default=str).encode(), digest_size=_DIGEST_BYTES).digest()
    values |= {
        "answer_id": "A" + base64.b32encode(digest).decode()[:12],
        "source": "workbook",
        "file": row.file,
        "sheet": row.sheet,
        "row": row.number,
        "received_on": as_of,
        "refusal": whole,
    }
    if kind.code == "report":  # nor is this: a report has no number, and is found by what it says
        values |= _as_in_records(values)
    if kind.sheet is CORRECTIONS_SHEET:  # not in the digest: an answer stays itself that came before its office was kept
        values["about"] = cells.get("system")
    return ReceivedAnswer(row, values)


def _as_in_records(report: Mapping[str, object]) -> dict[str, object]:
    """Name, ID and birthdate as records have them, whatever their blanks and the width of their characters; as written where nothing can be
    read in them."""
    name, number, born = (str(report[key] or "") for key in ("name", "id_number", "birthdate"))
    (of_id,) = parse_ids(pd.Series([number], dtype="str"))["number"].tolist()
    day = parse_date(born)
    return {
        "name": clean_name(name) or report["name"],
        "id_number": of_id if isinstance(of_id, str) else report["id_number"],
        "birthdate": day.isoformat() if day else report["birthdate"],
    }


def fault_of_row(sheet: SheetOfRows, cells: Mapping[str, str | None], row_key: bytes | None) -> str | None:
    """Why the codes of a returned row do not prove that its cells belong together."""
    if not sheet.identified_by:
        return None
    values = [_as_issued(key, cells) for key in sheet.identified_by]
    return fault_of_codes([cells.get(key) for key in ROW_CODES], values, row_key)


def _as_issued(key: str, cells: Mapping[str, str | None]) -> str | None:
    """The cell as it was sent out, whatever form a program gave its date."""
    text = cells.get(key)
    day = parse_date(text) if text and key in _DAYS else None
    return day.isoformat() if day else text


def _about(kind: _Kind, cells: Mapping[str, str | None]) -> str | None:
    if kind.code == "acceptance":
        return cells.get("answer_id")
    if kind.code == "report":
        return json.dumps({key: cells.get(key) for key in ("village", "sex", "guardian", "phone")}, ensure_ascii=False)
    if kind.code == "pair":
        sides = sorted(json.dumps([_as_issued(f"{field}_{side}", cells) for field in _SIDE], ensure_ascii=False) for side in "lr")
        return json.dumps(sides, ensure_ascii=False)
    return None


def _choice(kind: str, written: str | None) -> str | None:
    """The choice as the drop-down has it, whatever its blanks and whichever width its brackets have; as written where it is none."""
    plain = _as_compared(written or "")
    return next((choice for choice in CHOICES[kind] if _as_compared(choice) == plain), written)


def _as_compared(answer: str) -> str:
    return squeeze(answer).translate(str.maketrans("（），、", "(),,"))


def by_answer(received: Sequence[ReceivedAnswer]) -> Iterator[tuple[str, ReturnedRow]]:
    """(answer_id, returned row) of each answer that tonight's workbooks hold."""
    for answer in received:
        yield str(answer.values["answer_id"]), answer.row
