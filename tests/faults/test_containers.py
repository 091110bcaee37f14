"""What is read out of a container: each cell in its row and column, whatever way the file says where it stands. All persons are made up (虚构)."""

import io
import os
import re
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from pipelines.files.compound import streams
from pipelines.files.containers import sheets
from pipelines.files.panics import without_panics
from pipelines.files.refusal import FileRefused
from pipelines.files.walk import LEFT_ALONE
from pipelines.intake.exports import read_export
from pipelines.intake.reading import read_files
from schemas.registry import declared
from tests.lib.made_files import (
    SHEET,
    altered,
    chart_alone,
    html,
    html_table,
    in_utf16,
    ods,
    packed,
    renamed,
    spreadsheet_xml,
    spreadsheet_xml_of,
    xls,
    xlsx,
    xml_rows,
)
from tests.lib.made_sheets import grid, rows_of


def of_row_0(sheet: bytes) -> bytes:
    """The sheet, said to begin in a row that there is not."""
    return re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A0:Y99"', sheet)


ODD_WORKBOOKS = {
    "backslashes": renamed(xlsx(), lambda name: name.replace("/", "\\")),
    "bytes before it": b"\r\n\r\n" + xlsx(),
    "the workbook under another name": renamed(
        xlsx(), lambda name: name.replace("workbook.xml", "workbook2.xml"), lambda x: x.replace(b"workbook.xml", b"workbook2.xml")
    ),
    "the workbook in another folder": renamed(
        xlsx(),
        lambda name: re.sub("^xl/", "book/", name),
        lambda x: x.replace(b'Target="xl/', b'Target="book/').replace(b"/xl/", b""),
    ),
    "the workbook in another folder, its parts from the root on": renamed(
        xlsx(),
        lambda name: re.sub("^xl/", "book/", name),
        lambda x: x.replace(b'Target="xl/', b'Target="book/').replace(b"/xl/", b"/book/"),
    ),
    "the workbook beneath its sheets": renamed(
        xlsx(),
        lambda name: re.sub("^book/(_rels/)?workbook", r"book/a/\1workbook", re.sub("^xl/", "book/", name)),
        lambda x: x.replace(b'Target="xl/', b'Target="book/a/').replace(b"/xl/", b"../"),
    ),
    "a sheet in UTF-16": altered(xlsx(), SHEET, in_utf16),
    "a list of sheets in UTF-16": altered(xlsx(), "xl/workbook.xml", in_utf16),
    "a sheet from row 0 on": altered(xlsx(), SHEET, of_row_0),
    "no relations of its own": renamed(xlsx(), lambda name: name.replace("_rels/.rels", "unknown.txt")),
}


@pytest.mark.parametrize("content", ODD_WORKBOOKS.values(), ids=ODD_WORKBOOKS)
def test_a_workbook_of_another_program_is_read_as_excel_reads_it(content: bytes) -> None:
    assert rows_of(content) == rows_of(xlsx())


def test_headings_in_a_table_of_their_own_are_joined_with_their_rows() -> None:
    head, first, second = (
        ["姓名", "证号", "学校"],
        ["韦家乐", "45122820080103113X", "一小"],
        ["蓝小花", "451228200902101424", "一小"],
    )
    assert rows_of(html(html_table([head]) + html_table([first, second]))) == [head, first, second]
    other = [head, first]
    for tables in ([[["花名册"]], other], [other, other], [[head], [["共", "两", "人"]]]):
        assert len(list(sheets(html("".join(map(html_table, tables)))))) == 2


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_markup_in_utf_16_is_read_as_in_utf_8(codec: str) -> None:
    declared = spreadsheet_xml(grid(), '<?xml version="1.0" encoding="utf-16"?>')
    assert rows_of(declared.decode().encode(codec)) == rows_of(spreadsheet_xml(grid()))
    page = html(html_table(grid()), "utf-16").decode("utf-16")
    assert rows_of(page.encode(codec)) == rows_of(html(html_table(grid())))
    with pytest.raises(FileRefused, match="最后一个字只有一半"):
        list(sheets(page.encode(codec)[:-1]))


@pytest.mark.parametrize("start", ["", "\n", "\ufeff"])
def test_xml_without_its_declaration_is_read(start: str) -> None:
    plain = spreadsheet_xml(grid(), "")
    without = start.encode() + plain.replace(b'<?mso-application progid="Excel.Sheet"?>', b"")
    assert rows_of(without) == rows_of(start.encode() + plain) == rows_of(spreadsheet_xml(grid()))


def test_control_characters_and_booleans_of_xml() -> None:
    line = '<Row><Cell><T>韦\x0b家&#x1f;乐&#9;</T></Cell><Cell><Data ss:Type="Boolean">1</Data></Cell></Row>'
    assert xml_rows(line) == [["韦家乐\t", "是"]]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"ID;PWXL;N;E\r\nC;Y1;X1;K1", ".slk"),
        (b'TABLE\r\n0,1\r\n"EXCEL"\r\n', ".dif"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00", "Excel 4"),
        (
            b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><table:table/>',
            ".fods",
        ),
    ],
)
def test_tables_of_other_kinds_are_named_for_what_they_are(content: bytes, what: str) -> None:
    with pytest.raises(FileRefused, match=re.escape(what)):
        list(sheets(content))


def test_records_of_an_xls_without_their_container_are_read() -> None:
    assert rows_of(streams(xls())["Workbook"]) == rows_of(xls())


@pytest.mark.parametrize("name", ["学生.xlsx.bak", "学生.tmp", "学生.xlsx.crdownload", "~$学生.xlsx"])
def test_what_is_not_finished_or_of_before_is_left_alone(name: str) -> None:
    assert LEFT_ALONE.match(name)
    assert not LEFT_ALONE.match(name.strip("~$") + ".xlsx")


def test_what_the_reader_writes_when_it_falls_is_seen_by_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    day_before_all_days = altered(xlsx([[date(2020, 1, 1)]]), SHEET, lambda x: re.sub(rb"<v>\d+</v>", b"<v>-1e300</v>", x))
    with pytest.raises(BaseException, match="out of bounds"), without_panics():
        CalamineWorkbook.from_filelike(io.BytesIO(day_before_all_days)).get_sheet_by_index(0).to_python()
    assert capfd.readouterr().err == ""
    with without_panics(), without_panics():
        os.write(2, b"a\nthread 'x' (1) panicked at lib.rs:1:1:\n\xe9\x9f\xa6\nnote: run\nb")
        os.write(2, b"c\nnote: d\n")
    assert capfd.readouterr().err == "a" + "bc\nnote: d\n"


def test_an_archive_that_is_damaged_inside_is_refused(tmp_path: Path) -> None:
    content = bytearray(packed(("名单.csv", b"a,b\r\n" * 999)))
    content[50:60] = bytes(10)
    (tmp_path / "名单.zip").write_bytes(content)
    exports = read_files(read_export(tmp_path / "名单.zip", "名单.zip", declared()["xueji"]), declared())
    assert [refusal.rule for refusal in exports.refused] == ["truncated_file"]
    broken = bytearray(xlsx())
    broken[60:70] = bytes(10)
    with pytest.raises(FileRefused, match="不完整"):
        list(sheets(bytes(broken)))


WITHOUT_A_SHEET = {
    "XML Spreadsheet": spreadsheet_xml_of(""),
    ".xlsx": altered(xlsx(), "xl/workbook.xml", lambda x: re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", x)),
    ".xlsx of a chart": xlsx([], change=lambda book: (book.create_chartsheet("图"), book.remove(book.worksheets[0]))[0]),
    ".ods": altered(ods(grid()), "content.xml", lambda x: re.sub(rb"<table:table .*</table:table>", b"", x)),
    ".xls of a chart": chart_alone(xls()),
    "web page": html("<p>已过期</p>"),
    ".csv": b"\xef\xbb\xbf",
    ".zip": packed(("__MACOSX/._学生.xlsx", b"x"), (".DS_Store", b"x")),
    ".zip of a workbook": packed(("学生.xls", spreadsheet_xml_of(""))),
}


@pytest.mark.parametrize("content", WITHOUT_A_SHEET.values(), ids=WITHOUT_A_SHEET)
def test_a_file_without_a_sheet_ends_in_a_refusal(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "转入学生.xls").write_bytes(content)
    exports = read_files(read_export(tmp_path / "转入学生.xls", "转入学生.xls", declared()["xueji"]), declared())
    (refusal,) = exports.refused
    assert not exports.sheets
    assert (refusal.registry, refusal.file.partition("/")[0]) == ("xueji", "转入学生.xls")
    assert refusal.rule in ("missing_sheet", "empty_file", "web_page")


def test_a_chart_beside_a_table_is_no_table() -> None:
    assert [g.sheet for g in sheets(xlsx(change=lambda book: book.create_chartsheet("图")))] == ["表1"]
