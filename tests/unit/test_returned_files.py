"""Files and sheets that townships send back: which are read as what, and which are refused with the way to mend them."""

import io
from collections.abc import Callable
from pathlib import Path

import msoffcrypto.format.ooxml
import pytest
from openpyxl import Workbook

from pipelines.answers.answer_headings import find_table
from pipelines.answers.inbox import unread_files
from pipelines.answers.received import fault_of_row
from pipelines.answers.returned import read_returned
from reports.answer_listings import (
    ACCEPTANCE_SHEET,
    OFF_LIST_SHEET,
    RECEIPT_SHEET,
    WAITING_SHEET,
)
from reports.book import SheetOfRows
from reports.listings import CHANGES_SHEET, CHILDREN_SHEET, FINDINGS_SHEET, PAIRS_SHEET
from reports.row_codes import NO_KEY
from tests.lib.edited_returns import CHILD, SAID, answered, as_csv, as_ods, as_xls, edited, fill, read, sent, taken, told
from tests.lib.made_files import packed


def titled(title: str) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        answered(book).title = title

    return change


def other_sheet(book: Workbook) -> None:
    book.active.title = "变化"
    book.active.delete_rows(1)


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
