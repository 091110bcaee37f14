"""Whoever sent an answer is told what has become of it: townships, offices and the county itself. All persons are made up (虚构)."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

import pipelines.answers.receipts
from pipelines.answers.received import answers_table, received_answers
from pipelines.answers.returned import ReturnedRow
from pipelines.answers.try_out import TriedAnswers
from pipelines.files.refusal import Refusal
from reports.answer_listings import ACCEPTANCE_SHEET, CORRECTIONS_SHEET, FOUND_SHEET, RECEIPT_SHEET, VISITS_SHEET
from reports.book import write_books
from reports.corrections import correction_books
from reports.joining_listing import JOINING_SHEET
from reports.list_rows import RunLists, read_lists
from reports.listings import CHILDREN_SHEET, FINDINGS_SHEET, PAIRS_SHEET
from reports.roster_listings import HOLIDAY_SHEET
from reports.row_codes import NO_KEY
from schemas.answers import ANSWER_KINDS, JUDGEMENT_REFUSAL_WORDS, refusal_words
from tests.lib.made_up_tables import write_table, write_tables
from tests.lib.opened_books import AS_OF, rows
from tests.lib.plan_county import SETTINGS

Rows = list[dict[str, object]]
SAID = {
    "state": "accepted",
    "answered_on": AS_OF,
    "received_on": AS_OF,
    "sheet": "表",
    "person_id": "P000",
}  # P000 lives in 安阳镇
REFUSED = {"state": "refused", "refusal": "not_signed"}
OFFICE = SAID | {"kind": "discrepancy", "about": "学籍系统", "value": "已更正", "file": "学籍.xlsx"}
COUNTY = SAID | {"kind": "acceptance", "about": "A1", "value": "同意", "file": "验收.xlsx"}
TOWNSHIP = SAID | {"kind": "whereabouts", "value": "仍未找到", "file": "安阳.xlsx"}


def lists(folder: Path, answers: Rows, quarantine: Rows | None = None) -> RunLists:
    tables = write_tables(folder / "tables")
    numbered = [answer | {"answer_id": answer.get("answer_id", f"A{n}"), "row": n} for n, answer in enumerate(answers, 1)]
    write_table(tables, "answers", numbered)
    write_table(tables, "quarantine", quarantine or [])
    return read_lists(tables, AS_OF, SETTINGS)


def senders(run: RunLists) -> list[tuple[object, object]]:
    return sorted((row["file"], row["sender"]) for row in run.frames[RECEIPT_SHEET.title].to_pylist())


def test_each_answer_stands_on_the_receipt_of_whoever_sent_it(tmp_path: Path) -> None:
    unread = [{"registry": "answers", "sheet": "表", "rule": "merged_answer", "message": "m", "row": 9}]
    files = ("学籍.xlsx", "验收.xlsx", "安阳.xlsx", "残联_更正清单_20200930.xlsx", "高岭镇.xlsx", "新建.xlsx")
    run = lists(tmp_path, [OFFICE, COUNTY, TOWNSHIP], [line | {"file": file} for line in unread for file in files])
    assert senders(run) == sorted(
        [(file, sender) for file, sender in zip(files, ("教育局", "county", "安阳镇"), strict=False)] * 2
        + [(files[3], "残联"), (files[4], "高岭镇"), (files[5], None)],
        key=str,
    )
    own = run.township("安阳镇").frames[RECEIPT_SHEET.title].to_pylist()
    assert {row["file"] for row in own} == {"安阳.xlsx"}  # not what an office answered of its child


@pytest.mark.parametrize("refusal", JUDGEMENT_REFUSAL_WORDS)
def test_a_receipt_says_why_an_answer_about_two_records_was_not_applied(tmp_path: Path, refusal: str) -> None:
    pair = TOWNSHIP | {"kind": "pair", "value": "是", "about": "[]", "state": "refused", "refusal": refusal}
    (row,) = lists(tmp_path, [pair]).frames[RECEIPT_SHEET.title].to_pylist()
    assert row["why"] == "第 1 行" + JUDGEMENT_REFUSAL_WORDS[refusal]


ISSUED = TOWNSHIP | {"township": "高岭镇"}  # the register has P000 in 安阳镇 by now
REPORT = SAID | {"kind": "report", "value": "新发现", "person_id": None}
BY_HAND = ISSUED | {"refusal": "row_mixed_up", "state": "refused", "township": "都安镇"}
SENT = {  # what a file holds -> whose each row is
    "一.xlsx": ((ISSUED,), ["高岭镇"]),
    "二.xlsx": ((ISSUED, REPORT | {"township": "安阳镇"}, REPORT | {"township": "都安"}, BY_HAND), ["高岭镇"] * 4),
    "三.xlsx": (
        (ISSUED, ISSUED, TOWNSHIP | {"township": "安阳镇"}, REPORT | {"township": "安阳镇"}),
        ["高岭镇"] * 2 + ["安阳镇"] * 2,
    ),
    "高岭镇 四.xlsx": ((REPORT | {"township": "安阳镇"}, REPORT | {"township": "都安"}), ["高岭镇"] * 2),
    "五.xlsx": ((REPORT | {"township": "高岭镇"}, REPORT | {"township": "都安"}), ["高岭镇"] * 2),
    "六.xlsx": ((ISSUED, SAID | {"kind": "pair", "about": "[]", "person_id": None}), ["高岭镇"] * 2),
}


@pytest.mark.parametrize("file", SENT)
def test_a_receipt_is_of_the_township_whose_workbook_the_row_came_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    answers, whose = SENT[file]
    answers = [answer | {"file": file} for answer in answers]
    run = lists(tmp_path, answers)
    assert [sender for _, sender in senders(run)] == sorted(whose)
    tried = TriedAnswers(answers_table([answer | {"answer_id": f"A{n}", "row": n} for n, answer in enumerate(answers)]), [], True)
    monkeypatch.setattr(pipelines.answers.receipts, "try_answers", lambda *_: tried)
    written = pipelines.answers.receipts.write_receipts(tmp_path, [], SETTINGS, datetime(2020, 9, 30, 5, 30, tzinfo=UTC))
    assert [area for area, _ in written] == ["高岭镇"]


def test_an_office_is_told_in_its_next_workbook_which_of_its_rows_were_refused(tmp_path: Path) -> None:
    run = lists(tmp_path, [OFFICE | REFUSED])
    books = correction_books(run.county(), tmp_path / "out", AS_OF, SETTINGS)
    path = next(path for path in write_books(iter(books)) if "教育局" in path.name)
    (receipt,) = rows(load_workbook(path)["回执"])
    assert (receipt["文件"], receipt["结果"]) == ("学籍.xlsx", "未采用") and "未填办理人" in str(receipt["原因和改法"])
    others = [book for book in books if "教育局" not in book.path.name]
    assert all([sheet.sheet.title for sheet in book.sheets] == ["更正清单"] for book in others)


def test_the_reason_stands_beside_the_row_of_an_office_and_of_a_township(tmp_path: Path) -> None:
    first = lists(tmp_path / "first", [])
    case = next(row for row in first.frames[CORRECTIONS_SHEET.title].to_pylist() if row["system"] == "学籍系统")["case_id"]
    about = {"case_id": case} | REFUSED
    run = lists(tmp_path, [OFFICE | about, OFFICE | about | {"about": None, "refusal": "day_missing"}])
    beside = {
        row["system"]: row["answer"] or "" for row in run.frames[CORRECTIONS_SHEET.title].to_pylist() if row["case_id"] == case
    }
    assert "未采用：第 1 行未填办理人" in beside.pop("学籍系统") and not any("未采用" in said for said in beside.values())
    (own,) = [row for row in run.frames[FINDINGS_SHEET.title].to_pylist() if row["case_id"] == case]
    assert "未采用：第 2 行的日期" in str(own["answer"])
    mended = lists(
        tmp_path / "later",
        [OFFICE | about | {"received_on": date(2020, 9, 29)}, OFFICE | about | {"state": "accepted", "refusal": None}],
    )
    assert not any("未采用" in (row["answer"] or "") for row in mended.frames[CORRECTIONS_SHEET.title].to_pylist())


def test_the_county_is_told_beside_the_row_why_its_own_word_was_refused(tmp_path: Path) -> None:
    waiting = TOWNSHIP | {"answer_id": "A1", "state": "waiting", "value": "县外就读（填学校）", "detail": "南宁市秀田小学"}
    run = lists(tmp_path, [waiting, COUNTY | REFUSED])
    (shown,) = run.frames[ACCEPTANCE_SHEET.title].to_pylist()
    assert shown["last_word"].startswith("同意，") and "未采用：第 2 行未填验收人" in shown["last_word"]
    assert "上次验收" in [column.heading for column in run.county().sheets[ACCEPTANCE_SHEET.title].columns]
    plain = lists(tmp_path / "plain", [waiting]).county().sheets
    for sheet in (ACCEPTANCE_SHEET, JOINING_SHEET):
        assert "上次验收" not in [column.heading for column in plain[sheet.title].columns]


def test_a_refusal_calls_the_columns_as_the_sheet_does() -> None:
    sheets = {"discrepancy": (FINDINGS_SHEET,), "office": (CORRECTIONS_SHEET,), "visit": (VISITS_SHEET, HOLIDAY_SHEET)}
    sheets |= {
        "acceptance": (ACCEPTANCE_SHEET, JOINING_SHEET),
        "whereabouts": (CHILDREN_SHEET,),
        "pair": (PAIRS_SHEET,),
        "report": (FOUND_SHEET,),
    }
    assert set(sheets) == {*ANSWER_KINDS, "office"}
    for asker, asked in sheets.items():
        for sheet in asked:
            headings = {column.key: column.heading for column in sheet.columns}
            assert headings["checked_by"] in refusal_words("not_signed", asker)
            assert f"{headings['checked_on']}" in refusal_words("day_missing", asker)


def test_an_answer_of_an_office_says_which_system_it_is_about() -> None:
    cells = {
        "case_id": "C1",
        "person_id": "P1",
        "system": "学籍系统",
        "said": "已更正",
        "checked_by": "陆某",
        "checked_on": "2020-09-30",
    }
    sent = {sheet.title: [ReturnedRow("f.xlsx", sheet.title, 2, cells)] for sheet in (CORRECTIONS_SHEET, FINDINGS_SHEET)}
    assert {a.row.sheet: a.values["about"] for a in received_answers(sent, AS_OF, NO_KEY)} == {
        "更正清单": "学籍系统",
        "信息不一致": None,
    }


def test_receipts_of_the_day_go_to_whoever_sent_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [
        answer | {"answer_id": f"A{n}", "row": n, "township": "安阳镇"} for n, answer in enumerate((OFFICE, COUNTY, TOWNSHIP), 1)
    ]
    refused = [Refusal("answers", "验收.xlsx", "表", "merged_answer", "第 9 行", 9)]
    tried = TriedAnswers(answers_table([answer | REFUSED for answer in answers]), refused, compared=True)
    monkeypatch.setattr(pipelines.answers.receipts, "try_answers", lambda *_: tried)
    written = pipelines.answers.receipts.write_receipts(tmp_path, [], SETTINGS, datetime(2020, 9, 30, 5, 30, tzinfo=UTC))
    files = {area: {str(row["文件"]) for row in rows(load_workbook(path).active)} for area, path in written}
    assert files == {"教育局": {"学籍.xlsx"}, "都安县": {"验收.xlsx"}, "安阳镇": {"安阳.xlsx"}}
