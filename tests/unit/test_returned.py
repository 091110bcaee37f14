"""Workbooks as townships send them back: whatever was written in them comes out as a row or as a refusal that names the row."""

import io
import re
import struct
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msoffcrypto.format.ooxml
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.answers.answer_headings import find_table
from pipelines.answers.answer_needs import Background, refusal_of
from pipelines.answers.inbox import unread_files
from pipelines.answers.received import fault_of_row, received_answers
from pipelines.answers.returned import read_returned
from pipelines.files.compound import compound_file, streams
from reports.answer_listings import (
    ABSENT_SHEET,
    ACCEPTANCE_SHEET,
    EMPTY_ROWS,
    FOUND_SHEET,
    OFF_LIST_SHEET,
    RECEIPT_SHEET,
    WAITING_SHEET,
)
from reports.book import Book, SheetOfRows, write_book
from reports.list_sheets import sheet_to_report
from reports.listings import CHANGES_SHEET, CHILDREN_SHEET, FINDINGS_SHEET, PAIRS_SHEET, ROW_CODES
from reports.row_codes import NO_KEY
from tests.lib.edited_returns import SAID, answered, as_csv, as_ods, as_xls, edited, fill, place, read, sent, told
from tests.lib.made_files import altered, packed

DAY = date(2020, 10, 8)
CHILD = {"person_id": "person_id0", "case_id": "case_id0", "name": "name0", "village": "village0"}


def titled(title: str) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        answered(book).title = title

    return change


def other_sheet(book: Workbook) -> None:
    book.active.title = "变化"
    book.active.delete_rows(1)


def headed(**written: str | None) -> Callable[[Workbook], None]:
    """The first child answered; under the columns' keys other headings."""

    def change(book: Workbook) -> None:
        sheet = answered(book)
        for key, heading in written.items():
            sheet.cell(1, place(sheet, key)).value = heading

    return change


def taken(rows: list) -> list[dict[str, str | None]]:
    """Of each row what tells whose answer it is and what was answered."""
    return [{key: row.cells.get(key) for key in (*CHILD, *SAID)} for row in rows]


# ---- sheets and files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title", ["去向不明儿童", "安阳镇-去向不明儿童", "去向不明儿童（2）", "Sheet1", "工作表2", "安阳镇", "信息不一致"]
)
def test_a_sheet_is_known_by_its_headings_whatever_it_is_called(tmp_path: Path, title: str) -> None:
    rows, refused = read(tmp_path, **{"安阳镇.xlsx": edited(titled(title))})
    assert (taken(rows), refused) == ([CHILD | SAID], [])
    assert (rows[0].file, rows[0].sheet, rows[0].number) == ("安阳镇.xlsx", title, 2)


def test_each_list_is_known_by_its_headings(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        answered(book)
        fill(book[PAIRS_SHEET.title], 2, {"said": "是", "checked_by": "韦某", "checked_on": "2020-10-08"}, PAIRS_SHEET)
        fill(book[FINDINGS_SHEET.title], 2, {"said": "已更正", "checked_on": "2020-10-08"}, FINDINGS_SHEET)
        for number, sheet in enumerate(book.worksheets, 1):
            sheet.title = f"Sheet{number}"

    (tmp_path / "安阳镇.xlsx").write_bytes(edited(change, sent(others=True)))
    rows, refused = read_returned(tmp_path)
    answers = {title: [row.cells["said"] for row in found] for title, found in rows.items() if found}
    assert (answers, refused) == ({"去向不明儿童": [SAID["said"]], "疑似同一人": ["是"], "信息不一致": ["已更正"]}, [])


@pytest.mark.parametrize("listing", [CHANGES_SHEET, WAITING_SHEET, OFF_LIST_SHEET, RECEIPT_SHEET], ids=lambda sheet: sheet.title)
@pytest.mark.parametrize("title", [None, "Sheet1"])
def test_a_sheet_that_asks_nothing_is_taken_for_no_list(listing: SheetOfRows, title: str | None) -> None:
    headings: list[str | None] = ["序号", *(column.heading for column in listing.columns)]
    assert find_table(title or listing.title, [headings]) is None


def test_the_countys_acceptance_is_a_list_too() -> None:
    headings: list[str | None] = ["序号", *(column.heading for column in ACCEPTANCE_SHEET.columns)]
    table = find_table("Sheet1", [headings])
    assert table and (table.listing, table.missing, table.others) == (ACCEPTANCE_SHEET, (), ())
    no_day = [heading if heading != "验收日期" else "几时" for heading in headings]
    assert [column.heading for column in find_table("Sheet1", [no_day]).missing] == ["验收日期"]  # type: ignore[union-attr]


def test_of_a_sheet_that_was_copied_both_are_read(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        fill(book.copy_worksheet(answered(book)), 3)

    rows, refused = read(tmp_path, **{"安阳镇.xlsx": edited(change)})
    assert [(row.sheet, row.number) for row in rows] == [("去向不明儿童", 2), ("去向不明儿童 Copy", 2), ("去向不明儿童 Copy", 3)]
    assert refused == []


def test_a_new_sheet_beside_the_lists_is_not_passed_over(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        for title in ("Sheet2", "新增儿童", "封面", "安阳镇各村指标", "WpsReserved"):
            book.create_sheet(title).append(["补充"])
        book["WpsReserved"].sheet_state = "hidden"
        book.create_sheet("工作表3")  # empty

    rows, refused = read(tmp_path, **{"安阳镇.xlsx": edited(change)})
    assert (rows, [(r.sheet, r.rule, r.row) for r in refused]) == ([], [(x, "outside_table", 1) for x in ("Sheet2", "新增儿童")])


FORMATS = {
    "UTF-8.csv": lambda content: as_csv(content),
    "BOM.csv": lambda content: as_csv(content, "utf-8-sig"),
    "GB18030.csv": lambda content: as_csv(content, "gb18030"),
    "旧.xls": as_xls,
    "安阳镇.et": as_xls,
    "安阳镇.ods": as_ods,
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_sheet_saved_in_another_format_is_read(tmp_path: Path, name: str) -> None:
    rows, refused = read(tmp_path, **{name: FORMATS[name](edited(answered))})
    assert (taken(rows), refused) == ([CHILD | SAID], [])
    assert (rows[0].file, rows[0].number, fault_of_row(CHILDREN_SHEET, rows[0].cells, NO_KEY)) == (name, 2, None)


def test_a_text_file_that_may_be_cut_is_read_and_told(tmp_path: Path) -> None:
    rows, refused = read(tmp_path, **{"安阳镇.csv": as_csv(edited(answered)).rstrip()})
    assert (taken(rows), told(refused)) == ([CHILD | SAID], [("truncated_file", 5)])


def test_workbooks_in_a_zip_are_named_with_it(tmp_path: Path) -> None:
    content = edited(answered)
    members = [("安阳镇/核查表.xlsx", content), ("高岭镇/核查表.csv", as_csv(content)), ("安阳镇/照片.jpg", b"\xff\xd8\xff\xe0")]
    rows, refused = read(tmp_path, **{"汇总.zip": packed(*members)})
    assert [row.file for row in rows] == ["汇总.zip/安阳镇/核查表.xlsx", "汇总.zip/高岭镇/核查表.csv"]
    assert [(refusal.file, refusal.registry) for refusal in refused] == [("汇总.zip/安阳镇/照片.jpg", "answers")]


def test_files_of_one_name_in_two_folders_have_two_addresses(tmp_path: Path) -> None:
    for folder in ("安阳镇", "高岭镇"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "核查表.xlsx").write_bytes(edited(answered))
    rows, _ = read(tmp_path)
    assert [row.file for row in rows] == ["核查表.xlsx", "高岭镇/核查表.xlsx"]


def test_a_workbook_with_a_password_is_opened_with_those_of_the_county(tmp_path: Path) -> None:
    out = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(edited(answered))).encrypt("duan2020", out)
    rows, refused = read(tmp_path, "another", "duan2020", **{"安阳镇.xlsx": out.getvalue()})
    assert (taken(rows), refused) == ([CHILD | SAID], [])
    rows, (refusal,) = read(tmp_path)
    assert (rows, refusal.rule) == ([], "encrypted_file")
    assert "取消密码" in refusal.message and "county.toml 的 passwords" in refusal.message


@pytest.mark.parametrize(
    "name", [".核查表.xlsx", "._核查表", "核查表.xlsx.bak", "检查结果_安阳镇.xlsx", "没有后缀", ".安阳镇/核查表.xlsx"]
)
def test_what_an_officer_may_have_named_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(edited(answered))
    rows, refused = read(tmp_path)
    assert (len(rows), refused) == (0 if name.startswith("._") else 1, [])


LEFT = [
    "~$安阳镇.xlsx",
    ".~安阳镇.xlsx",
    ".~lock.安阳镇.xlsx#",
    "Thumbs.db",
    "desktop.ini",
    ".DS_Store",
    "8A3F.tmp",
    "__MACOSX/._安阳镇.xlsx",
]


def test_what_programs_leave_about_is_passed_over(tmp_path: Path) -> None:
    for name in LEFT:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"\0")
    members = [(name, b"\0") for name in LEFT]
    assert read(tmp_path, **{"安阳镇.zip": packed(*members, (".核查表.xlsx", edited(answered)))})[1] == []
    assert read(tmp_path)[0][0].file == "安阳镇.zip/.核查表.xlsx"


DOCX = packed(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"))
OTHER_FILES = {  # name -> content, rule, a part of what is said
    "空.xlsx": (b"", "empty_file", "文件是空的"),
    "照片.xlsx": (b"\x89PNG\r\n\x1a\n", "not_a_table", "图片"),
    "照片.jpg": (b"\xff\xd8\xff\xe0\0\x10JFIF", "not_a_table", "图片"),
    "答复.docx": (DOCX, "not_a_table", "Word 文档"),
    "答复.pdf": (b"%PDF-1.4", "not_a_table", "PDF 文档"),
    "答复.rar": (b"Rar!\x1a\x07\x01\0", "not_a_table", "RAR 压缩包"),
    "答复.wps": (None, "not_a_table", "Word 文档"),
    "断.xlsx": (b"PK\x03\x04 cut short", "truncated_file", "文件不完整"),
    "没有表.xlsx": (packed(("xl/workbook.xml", b"<workbook/>")), None, ""),
    "别的.xlsx": (
        edited(other_sheet),
        "missing_sheet",
        "不是本系统发出的核查表",
    ),
    "说明.txt": ("安阳镇：都核查过了\n".encode(), "not_a_table", "没有列分隔符"),
}


@pytest.mark.parametrize("name", OTHER_FILES)
def test_another_file_is_refused_with_the_way_to_mend(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content, rule, said = OTHER_FILES[name]
    if content is None:  # what Word and WPS write: a compound file with a stream of that name
        content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
        monkeypatch.setattr("pipelines.files.old_workbook.streams", lambda _: {"WordDocument": b""})
    rows, (refusal,) = read(tmp_path, **{name: content})
    assert (rows, refusal.registry, refusal.file, refusal.row) == ([], "answers", name, None)
    assert refusal.rule == (rule or refusal.rule)
    assert said in refusal.message and "请" in refusal.message and "系统导出" not in refusal.message
    assert unread_files([refusal, refusal]) == [f"《{name}》（退回的核查表，没有读取：{refusal.message}）"]


def test_a_workbook_without_any_cell_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    Workbook().save(out)
    rows, (refusal,) = read(tmp_path, **{"空.xlsx": out.getvalue()})
    assert (rows, refusal.rule) == ([], "missing_sheet")


def test_a_file_that_the_program_did_not_expect_leaves_the_others_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(content: bytes, _: object) -> None:
        raise ZeroDivisionError("韦某")

    monkeypatch.setattr("pipelines.answers.returned.sheets", fall)
    _, refused = read(tmp_path, **{"甲.xlsx": b"1", "乙.xlsx": b"2"})
    assert [(refusal.registry, refusal.rule) for refusal in refused] == [("answers", "unforeseen")] * 2
    assert "韦某" not in str(refused)


# ---- headings ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "heading"),
    [
        ("said", "去向"),
        ("said", "核查去向"),
        ("said", "核查去向（必填）"),
        ("said", "*核查去向：【填】"),
        ("said", "请填写核查去向(从列表中选择)"),
        ("said", "3.核查去向"),
        ("said", "核查结果"),
        ("school_said", "就读学校名称"),
        ("school_said", "现就读学校"),
        ("school_said", "就读学校（全称）"),
        ("school_said", "学校"),
        ("note", "备注"),
        ("note", "说明"),
        ("checked_by", "核查人签名"),
        ("checked_by", "核查人员"),
        ("checked_by", "填报人"),
        ("checked_on", "日期"),
        ("checked_on", "核查时间"),
        ("checked_on", "核查\n日期"),
        ("name", "姓名*"),
    ],
)
def test_a_heading_that_was_touched_up_is_still_known(tmp_path: Path, key: str, heading: str) -> None:
    rows, refused = read(tmp_path, **{"安阳镇.xlsx": edited(headed(**{key: heading}))})
    assert (taken(rows), refused) == ([CHILD | SAID], [])


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ({"said": "情况"}, ["核查去向"]),  # could be anything
        ({"said": None}, ["核查去向"]),
        ({"school_said": "原就读学校"}, ["就读学校"]),  # where a child went is not where it goes
        ({"school_said": "就读学校地址"}, ["就读学校"]),
        ({"checked_by": "核查人电话"}, ["核查人"]),
        ({"checked_on": "日期", "birthdate": "生日", "first_listed": "时间"}, ["核查日期"]),  # of two that it may be
        ({"checked_by": "核查人甲", "checked_on": "核查人乙"}, ["核查人", "核查日期"]),  # two that may be one
        ({"said": "答复", "checked_on": "什么时候"}, ["核查去向", "核查日期"]),
    ],
)
def test_a_sheet_in_which_a_heading_cannot_be_found_is_refused_by_name(
    tmp_path: Path, written: dict[str, str | None], named: list[str]
) -> None:
    rows, (refusal,) = read(tmp_path, **{"安阳镇.xlsx": edited(headed(**written))})
    assert (rows, refusal.rule, refusal.sheet, refusal.row) == ([], "missing_column", "去向不明儿童", None)
    assert "、".join(f"“{heading}”" for heading in named) + "，整张表没有读取" in refusal.message
    assert unread_files([refusal])[0].startswith("《安阳镇.xlsx》的工作表“去向不明儿童”（")


def test_a_sheet_called_as_a_list_without_any_heading_names_all(tmp_path: Path) -> None:
    rows, (refusal,) = read(tmp_path, **{"安阳镇.xlsx": edited(lambda book: book.active.delete_rows(1, 9))})
    assert (rows, refusal.rule) == ([], "missing_column")
    assert all(f"“{column.heading}”" in refusal.message for column in CHILDREN_SHEET.asked)


def test_a_column_that_was_deleted_or_is_newer_than_the_workbook_does_not_cost_the_others(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        sheet = answered(book)
        sheet.delete_cols(place(sheet, "note"))

    rows, refused = read(tmp_path, **{"安阳镇.xlsx": edited(change)})
    assert (taken(rows), refused) == ([CHILD | SAID], [])


def test_titles_above_the_headings_and_columns_in_another_order_are_read(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        sheet = answered(book)
        sheet.move_range(f"A1:A{sheet.max_row}", cols=40)
        sheet.insert_rows(1, 3)
        sheet["B1"] = "安阳镇核查表"

    rows, refused = read(tmp_path, **{"安阳镇.xlsx": edited(change)})
    assert (taken(rows), rows[0].number, refused) == ([CHILD | SAID], 5, [])


# ---- rows ----------------------------------------------------------------------------------------------------------------


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


# ---- reports -------------------------------------------------------------------------------------------------------------


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
