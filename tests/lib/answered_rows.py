"""Rows of a township's and the county's workbooks as they come back, and the ledger of them. All persons are made up (虚构)."""

from datetime import date

import pandas as pd

from pipelines.answers.ledger import AnswerLedger, ledger_of
from pipelines.answers.received import answers_table, received_answers
from pipelines.answers.returned import ReturnedRow
from pipelines.answers.schools import Schools
from reports.answer_listings import ACCEPTANCE_SHEET
from reports.listings import CHILDREN_SHEET, ROW_CODES
from reports.row_codes import row_code
from schemas.tables import TABLES
from tests.lib.plan_county import PLACES

Cells = dict[str, str | None]
AS_OF = date(2020, 4, 23)
KEY = b"of this folder"
CHILD: Cells = {
    "case_id": "C0000001", "person_id": "P0000001", "name": "韦家一", "id_number": "451228201001150014", "birthdate": "2010-01-15",
    "township": "安阳镇",
}  # fmt: skip
OTHER: Cells = CHILD | {"case_id": "C0000002", "person_id": "P0000002", "name": "韦家二", "id_number": "451228201101150016"}
ELSEWHERE: Cells = {
    "said": "县外就读（填学校）", "school_said": "南宁市秀田小学", "checked_by": "韦某", "checked_on": "2020-04-20",
}  # fmt: skip
HANDLED: Cells = {"said": "已更正", "checked_by": "韦某", "checked_on": "2020-04-20"}
NAMES = pd.DataFrame(
    {key: [child[key] for child in (CHILD, OTHER)] for key in ("person_id", "name", "id_number", "township")}
).assign(registry="huji", register_state="normal")
SCHOOLS = Schools(["安阳镇中心小学", "都安县安阳镇安北小学", "都安县职业教育中心"], PLACES)
NO_ANSWERS = answers_table([])
NO_EVENTS = pd.DataFrame(columns=TABLES["person_events"].names)


def _entry(number: int, kind: str, cells: Cells) -> dict[str, object]:
    content = f'{{"name": "{cells["name"]}", "id_number": "{cells["id_number"]}", "birthdate": "{cells["birthdate"]}"}}'
    return {"entry": number, "as_of": date(2020, 4, 15), "event": "opened", "kind": kind, "content": content} | {
        key: cells[key] for key in ("case_id", "person_id", "township")
    }


LOG = pd.DataFrame(
    [_entry(1, "list", CHILD), _entry(2, "list", OTHER), _entry(3, "finding", CHILD | {"case_id": "C0000003"})],
    columns=TABLES["case_log"].names,
)


def row(
    answer: Cells,
    child: Cells = CHILD,
    number: int = 2,
    sheet: object = CHILDREN_SHEET,
    key: bytes = KEY,
    **typed_over: str | None,
) -> ReturnedRow:
    """A row as it was sent out, with its codes, filled in; then some of its cells typed over."""
    cells = child | answer
    code = row_code([cells.get(column) for column in sheet.identified_by], key)  # type: ignore[attr-defined]
    return ReturnedRow("安阳镇.xlsx", sheet.title, number, {**cells, **dict.fromkeys(ROW_CODES, code), **typed_over})  # type: ignore[attr-defined]


def ledger(
    *rows: ReturnedRow,
    earlier: pd.DataFrame = NO_ANSWERS,
    as_of: date = AS_OF,
    acceptance: bool = False,
    log: pd.DataFrame = LOG,
    records: pd.DataFrame = NAMES,
    events: pd.DataFrame = NO_EVENTS,
) -> AnswerLedger:
    returned: dict[str, list[ReturnedRow]] = {}
    for one in rows:
        returned.setdefault(one.sheet, []).append(one)
    return ledger_of(received_answers(returned, as_of, KEY), earlier, log, records, events, SCHOOLS, as_of, acceptance)


def accepted(word: str, of: pd.DataFrame, place: int = 0, why: str | None = None, day: str = "2020-04-23") -> ReturnedRow:
    """The county's word on the answer in row ``place`` of the table answers."""
    answer = of.iloc[place]
    shown = {key: answer[key] for key in ("answer_id", "person_id", "name", "id_number", "value")}
    said = {"said": word, "returned_why": why, "checked_by": "陆某", "checked_on": day}
    return row(said, shown, sheet=ACCEPTANCE_SHEET)
