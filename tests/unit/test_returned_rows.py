"""Rows of workbooks that townships send back: whatever was written in them comes out as a row or as a refusal that names the row."""

import io
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.answers.received import fault_of_row
from pipelines.files.compound import compound_file, streams
from reports.listings import CHILDREN_SHEET, ROW_CODES
from reports.row_codes import NO_KEY
from tests.lib.edited_returns import CHILD, SAID, answered, as_ods, as_xls, edited, fill, place, read, sent, taken, told
from tests.lib.made_files import altered


def merged(key: str, first: int, last: int) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        sheet = answered(book)
        column = place(sheet, key)
        sheet.merge_cells(start_row=first, end_row=last, start_column=column, end_column=column)

    return change


@pytest.mark.parametrize("key", SAID)
def test_an_answer_merged_over_several_rows_is_the_first_ones_and_the_others_hear_of_it(tmp_path: Path, key: str) -> None:
    rows, refused = read(tmp_path, **{"安阳镇.xlsx": edited(merged(key, 2, 4))})
    assert (taken(rows), told(refused)) == ([CHILD | SAID], [("merged_answer", 3), ("merged_answer", 4)])
    assert all("取消合并" in refusal.message and refusal.sheet == "去向不明儿童" for refusal in refused)
    assert {refusal.column for refusal in refused} == {next(c.heading for c in CHILDREN_SHEET.asked if c.key == key)}


def test_an_answer_that_a_merged_cell_hides_is_not_taken_for_what_is_seen(tmp_path: Path) -> None:
    column = get_column_letter(place(load_workbook(io.BytesIO(sent())).active, "said"))

    def change(book: Workbook) -> None:
        answered(book, (2, 3))

    range_ = f'<mergeCells count="1"><mergeCell ref="{column}2:{column}3"/></mergeCells>'
    content = altered(
        edited(change), "xl/worksheets/sheet1.xml", lambda part: re.sub(rb"(<autoFilter[^>]*/>)", rb"\1" + range_.encode(), part)
    )
    rows, refused = read(tmp_path, **{"安阳镇.xlsx": content})
    assert ([row.number for row in rows], told(refused)) == ([2], [("merged_answer", 3)])


def test_a_merged_township_costs_no_answer(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        merged("township", 2, 4)(book)
        fill(book.active, 3)

    rows, refused = read(tmp_path, **{"安阳镇.xlsx": edited(change)})
    assert ([row.cells["township"] for row in rows], refused) == (["安阳镇"] * 2, [])
    assert [fault_of_row(CHILDREN_SHEET, row.cells, NO_KEY) for row in rows] == [None] * 2


def test_a_formula_without_a_value_is_refused_and_one_with_a_value_taken(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        sheet = answered(book, (2, 3))
        sheet.cell(3, place(sheet, "checked_on"), "=TODAY()")
        sheet.cell(4, place(sheet, "said"), "=A1&B1")

    content = edited(change)
    rows, refused = read(tmp_path, **{"安阳镇.xlsx": content})
    assert ([row.number for row in rows], told(refused)) == ([2], [("formula_without_value", 3), ("formula_without_value", 4)])
    assert [refusal.column for refusal in refused] == ["核查日期", "核查去向"]
    computed = altered(
        content, "xl/worksheets/sheet1.xml", lambda part: re.sub(rb"</f><v */?>(</v>)?", b"</f><v>44112</v>", part)
    )
    rows, refused = read(tmp_path, **{"安阳镇.xlsx": computed})
    assert ([row.number for row in rows], refused) == ([2, 3, 4], [])


def test_a_formula_that_came_to_nothing_is_refused(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        cell = answered(book).cell(3, place(book.active, "school_said"), "#N/A")
        cell.data_type = "e"

    rows, refused = read(tmp_path, **{"安阳镇.xlsx": edited(change)})
    assert ([row.number for row in rows], told(refused)) == ([2], [("formula_without_value", 3)])


def test_comments_are_not_read_and_their_rows_are_named(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        sheet = answered(book)
        for cell in ("D1", "D2", "E2", "D4", "D99"):
            sheet[cell].comment = Comment("其实在外打工", "韦某")

    rows, refused = read(tmp_path, **{"安阳镇.xlsx": edited(change)})
    assert (taken(rows), told(refused)) == ([CHILD | SAID], [("comment_not_read", row) for row in (2, 4, 99)])
    assert all("写在“核查说明”列里" in refusal.message and "打工" not in refusal.message for refusal in refused)


EOF_RECORD = b"\x0a\x00\x00\x00"
ANNOTATION = "<office:annotation><text:p>其实在外打工</text:p></office:annotation>"


def test_comments_of_ods_are_not_read_either(tmp_path: Path) -> None:
    content = altered(
        as_ods(edited(answered)),
        "content.xml",
        lambda part: part.replace(b"<text:p>name0</text:p>", f"{ANNOTATION}<text:p>name0</text:p>".encode()),
    )
    rows, refused = read(tmp_path, **{"安阳镇.ods": content})
    assert (taken(rows), told(refused)) == ([CHILD | SAID], [("comment_not_read", 2)])


def test_comments_of_xls_are_not_read_either(tmp_path: Path) -> None:
    stream = streams(as_xls(edited(answered)))["Workbook"]
    end = stream.rindex(EOF_RECORD)  # of the only sheet
    note = struct.pack("<HHHHHHHBx", 0x001C, 12, 1, 3, 0, 1, 0, 0)  # MS-XLS 2.4.179: row, column, flags, object, author
    content = compound_file(stream[:end] + note + EOF_RECORD)
    rows, refused = read(tmp_path, **{"安阳镇.xls": content})
    assert (taken(rows), told(refused)) == ([CHILD | SAID], [("comment_not_read", 2)])


def test_pictures_and_text_boxes_are_told(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        answered(book).add_chart(BarChart(), "AQ2")

    rows, (refusal,) = read(tmp_path, **{"安阳镇.xlsx": edited(change)})
    assert (taken(rows), refusal.rule, refusal.row) == ([CHILD | SAID], "outside_table", 1)
    assert "图片、文本框" in refusal.message


def typed(change: Callable[[Worksheet], None]) -> Callable[[Workbook], None]:
    return lambda book: change(answered(book))


def without_numbers(sheet: Worksheet) -> None:
    for key in ("person_id", "case_id", *ROW_CODES):
        sheet.cell(2, place(sheet, key)).value = None


OUTSIDE = {  # what is written where -> rows that hear of it, rows that are taken
    "right of the table": (lambda sheet: sheet.cell(3, 40, "已去县城"), [3], [2]),
    "right of an answer": (lambda sheet: sheet.cell(2, 40, "已去县城"), [2], [2]),
    "right next to the table": (lambda sheet: sheet.cell(3, sheet.max_column + 1, "√"), [3], [2]),
    "beneath the table": (lambda sheet: fill(sheet, 6), [6], [2]),
    "far beneath, a child": (lambda sheet: sheet.cell(12, place(sheet, "name"), "韦某甲"), [12], [2]),
    "a number alone": (lambda sheet: sheet.cell(6, 1, 5), [], [2]),
    "under a heading of one's own": (lambda sheet: [sheet.cell(n, 40, "家访") for n in (1, 2, 4)], [1], [2]),
    "a heading alone": (lambda sheet: sheet.cell(1, 40, "家访"), [], [2]),
    "the numbers deleted": (without_numbers, [2], []),
}  # fmt: skip


@pytest.mark.parametrize("where", OUTSIDE)
def test_what_is_written_outside_the_table_is_told(tmp_path: Path, where: str) -> None:
    change, hear, are_taken = OUTSIDE[where]
    rows, refused = read(tmp_path, **{"安阳镇.xlsx": edited(typed(change))})
    assert told(refused) == [("outside_table", row) for row in hear]
    assert [row.number for row in rows] == are_taken
    assert not any(word in str(refused) for word in ("县城", "韦某", "家访"))


def test_a_sheet_sent_without_rows_is_read_without_complaint_unless_somebody_wrote_into_it(tmp_path: Path) -> None:
    empty = sent(children=0)
    assert read(tmp_path, **{"安阳镇.xlsx": empty}) == ([], [])
    content = edited(lambda book: book.active.append(["韦某甲"]), empty)
    assert told(read(tmp_path, **{"安阳镇.xlsx": content})[1]) == [("outside_table", 2)]
