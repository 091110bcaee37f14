"""What townships report on sheets of their own (名在人不在, 新发现), as it is read from the workbooks that come back."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.answers.answer_needs import Background, refusal_of
from pipelines.answers.received import received_answers
from pipelines.answers.returned import read_returned
from reports.answer_listings import (
    ABSENT_SHEET,
    EMPTY_ROWS,
    FOUND_SHEET,
)
from reports.book import Book, SheetOfRows, write_book
from reports.list_sheets import sheet_to_report
from reports.row_codes import NO_KEY
from tests.lib.edited_returns import edited, fill, place, told

DAY = date(2020, 10, 8)


def reported(tmp_path: Path, listing: SheetOfRows, change: Callable[[Worksheet], None]) -> tuple[list, list]:
    """(answers, what was told) of a sheet to report on, as it goes out and ``change`` fills it in."""
    path = tmp_path / "sent.xlsx"
    write_book(Book(path, (sheet_to_report(listing, "安阳镇", DAY),), DAY))
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox/新建.xlsx").write_bytes(edited(lambda book: change(book.active), path.read_bytes()))
    found, refused = read_returned(tmp_path / "inbox")
    return [answer.values for answer in received_answers(found, DAY, NO_KEY)], told(refused)


@pytest.mark.parametrize(
    ("listing", "written", "rule"),
    [
        (FOUND_SHEET, {"village": "安北社区", "guardian": "韦大", "phone": "13977800000", "checked_by": "黄某"}, "name_missing"),
        (ABSENT_SHEET, {"birthdate": "2010-05-05", "checked_by": "黄某"}, "name_missing"),
        (FOUND_SHEET, {"village": "安北社区", "checked_by": "黄某", "checked_on": "2020-10-08"}, None),  # filled down
    ],
)
def test_a_report_that_names_nobody_is_refused_and_not_passed_over(
    tmp_path: Path, listing: SheetOfRows, written: dict[str, str], rule: str | None
) -> None:
    answers, _ = reported(tmp_path, listing, lambda sheet: fill(sheet, 2, written, listing))
    assert [refusal_of(answer, Background(DAY)) for answer in answers] == [rule] * bool(rule)


def test_a_report_beneath_the_prepared_rows_is_the_same_townships(tmp_path: Path) -> None:
    below = EMPTY_ROWS + 2
    answers, refused = reported(tmp_path, FOUND_SHEET, lambda sheet: fill(sheet, below, {"name": "韦某甲"}, FOUND_SHEET))
    assert ([(answer["row"], answer["township"]) for answer in answers], refused) == ([(below, "安阳镇")], [])


def test_a_report_of_no_township_is_told_what_it_lacks(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        for number in range(2, EMPTY_ROWS + 2):
            sheet.cell(number, place(sheet, "township", FOUND_SHEET)).value = None
        fill(sheet, 2, {"name": "韦某甲"}, FOUND_SHEET)

    answers, refused = reported(tmp_path, FOUND_SHEET, change)
    _, (refusal,) = read_returned(tmp_path / "inbox")
    assert (answers, refused) == ([], [("outside_table", 2)]) and "请在“乡镇”列填上" in refusal.message
