"""What is read out of a container: each cell in its row and column, whatever way the file says where it stands. All persons are made up (虚构)."""

import io
import os
import re
import struct
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from bidui.cli import main
from pipelines.files.compound import streams
from pipelines.files.containers import sheets
from pipelines.files.grid import GridRows
from pipelines.files.old_workbook import look_into_xls
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
    encrypted,
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
)
from tests.lib.made_records import DAY, encrypted_xls, formula, number, old_xls, text_of_formula
from tests.lib.made_sheets import grid


def rows_of(content: bytes) -> GridRows:
    """The rows of the only sheet."""
    (grid,) = sheets(content)
    return grid.head(len(grid))


def xml_rows(lines: str) -> GridRows:
    """The rows of an XML Spreadsheet; ``lines``: its rows, <T>…</T> being the text of a cell."""
    lines = lines.replace("<T>", '<Data ss:Type="String">').replace("</T>", "</Data>")
    return rows_of(spreadsheet_xml_of(f'<Worksheet ss:Name="表"><Table>{lines}</Table></Worksheet>'))


def test_a_title_merged_downwards_over_rows_left_out_shifts_no_heading() -> None:
    title = '<Row><Cell ss:MergeAcross="1" ss:MergeDown="1"><T>名单</T></Cell></Row>'
    rest = '<Row ss:Index="3"><Cell><T>姓名</T></Cell><Cell><T>性别</T></Cell></Row><Row><Cell><T>韦家乐</T></Cell></Row>'
    assert xml_rows(title + rest) == [["名单", None], ["名单", None], ["姓名", "性别"], ["韦家乐", None]]


def test_a_cell_merged_downwards_is_filled_whether_those_it_covers_are_written_or_not() -> None:
    first = (
        '<Row><Cell><T>1</T></Cell><Cell ss:MergeDown="1" ss:MergeAcross="1"><T>一小</T></Cell><Cell><T>韦家乐</T></Cell></Row>'
    )
    filled = [["1", "一小", None, "韦家乐"], ["2", "一小", None, "蓝小花"]]
    for second in (
        "<Cell><T>2</T></Cell><Cell><T>蓝小花</T></Cell>",
        '<Cell><T>2</T></Cell><Cell ss:Index="4"><T>蓝小花</T></Cell>',
        "<Cell><T>2</T></Cell><Cell/><Cell/><Cell><T>蓝小花</T></Cell>",
        '<Cell ss:Index="1"><T>2</T></Cell><Cell ss:Index="2"/><Cell ss:Index="4"><T>蓝小花</T></Cell>',
    ):
        assert xml_rows(f"{first}<Row>{second}</Row>") == filled


def test_what_a_covered_cell_of_xml_holds_is_its_own() -> None:
    first = '<Row><Cell ss:MergeDown="2"><T>韦家乐</T></Cell><Cell><T>男</T></Cell></Row>'
    rest = "<Row><Cell><T>蓝雨欣</T></Cell><Cell><T>女</T></Cell></Row>" + '<Row><Cell ss:Index="2"><T>男</T></Cell></Row>'
    assert xml_rows(first + rest) == [
        ["韦家乐", "男"],
        ["蓝雨欣", "女"],
        ["韦家乐", "男"],
    ]  # and this is told, as for other workbooks


def test_a_cell_of_a_web_page_over_several_columns_and_rows_shifts_none_below() -> None:
    page = "<table><tr><td rowspan=2 colspan=2>一小</td><td>韦家乐</td></tr><tr><td>蓝小花</td></tr><tr><td>a</td><td>b</td><td>c</td></tr></table>"
    assert rows_of(html(page)) == [["一小", None, "韦家乐"], ["一小", None, "蓝小花"], ["a", "b", "c"]]


def test_a_cell_that_reaches_down_beside_a_short_row_ends_where_it_says() -> None:
    page = "<table><tr><td>1</td><td>x</td><td rowspan=2>一小</td></tr><tr><td>2</td></tr><tr><td>3</td></tr></table>"
    assert rows_of(html(page)) == [["1", "x", "一小"], ["2", None, "一小"], ["3", None, None]]


NAME = "ABCDEFGHIJ"[grid()[0].index("姓名")]


def merged_over_the_next(book: Workbook) -> None:
    """A change that merges the school and the name of the first child with the second one's, whose own name stays in the file."""
    sheet = book.worksheets[0]
    sheet["B3"] = None
    sheet.merged_cells.add("B2:B3")
    sheet.merged_cells.add(f"{NAME}2:{NAME}3")


def test_a_merged_cell_is_written_only_where_those_it_covers_are_empty() -> None:
    (read,) = sheets(xlsx(change=merged_over_the_next))
    names = read.columns[grid()[0].index("姓名")]
    assert [column.to_pylist()[1:] for column in (read.columns[1], names)] == [["安阳镇中心小学"] * 2, ["韦家乐", "蓝小花"]]
    assert (read.filled, [rule for rule, _ in read.notes]) == ([(3, 1)], ["merged_over_values"])


def test_in_ods_a_merged_cell_is_written_downwards_too() -> None:
    rows = [["学校", "姓名"], [None, None], ["一小", "韦家乐"], [None, "蓝小花"], ["二小", "莫三"]]
    school = 'office:value-type="string"><text:p>一小'.encode()
    content = altered(ods(rows), "content.xml", lambda x: x.replace(school, b'table:number-rows-spanned="2" ' + school))
    assert rows_of(content)[2:] == [["一小", "韦家乐"], ["一小", "蓝小花"], ["二小", "莫三"]]


def test_a_formula_that_is_but_text_is_read_and_another_one_without_value_is_told() -> None:
    cells = """<c r="A1"><f>"45122820080103113X"</f></c><c s="0" r='B1' t="str"><f ca="1">&quot;韦家乐&quot;</f><v></v></c>
        <c r="C1"><f>A1&amp;B1</f><v/></c><c r="D1" t="str"><f>IF(A1="","",A1)</f><v></v></c><c t="e" r="E1"><v>#N/A</v></c><c r="F1"><v>1</v></c>"""
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">{cells}</row></sheetData></worksheet>'
    for prefix in ("", "x:"):
        text = re.sub(r"<(/?)(?=\w)", rf"<\1{prefix}", sheet).replace("xmlns=", f"xmlns{':' * bool(prefix)}{prefix[:-1]}=")
        (read,) = sheets(altered(xlsx([[1]]), SHEET, lambda _, text=text: text.encode()))
        assert [column[0].as_py() for column in read.columns] == ["45122820080103113X", "韦家乐", None, None, None, "1"]
        assert read.errors == [(1, 4)]
        ((rule, said),) = read.notes
        assert rule == "formula_without_value" and "有 1 个公式" in said


def test_formulas_of_xml_and_ods_without_value() -> None:
    line = """<Row><Cell ss:Formula='="45122820080103113X"'/><Cell ss:Formula="=RC[-1]"/>
        <Cell ss:Formula="=1"><Data ss:Type="Number">1</Data></Cell></Row>"""
    (xml,) = sheets(spreadsheet_xml_of(f'<Worksheet ss:Name="表"><Table>{line}</Table></Worksheet>'))
    cells = """<table:table-cell table:formula='of:="45122820080103113X"'/><table:table-cell table:formula="of:=[.A1]"/>"""
    first_two = rb"(<table:table-row[^>]*>)(<table:table-cell.*?</table:table-cell>){2}"
    content = altered(ods([["x", "y", "1"]]), "content.xml", lambda x: re.sub(first_two, rb"\1" + cells.encode(), x))
    (other,) = sheets(content)
    for read in (xml, other):
        assert [column[0].as_py() for column in read.columns] == ["45122820080103113X", None, "1"]
        assert [rule for rule, _ in read.notes] == ["formula_without_value"]


TWO = [["姓名", "人数"], ["韦家乐", 3]]


@pytest.mark.parametrize("code_page", [936, 1252])
def test_excel_95_in_gbk(code_page: int) -> None:
    (read,) = sheets(old_xls(TWO, code_page=code_page))
    assert (read.sheet, read.head(9)) == ("学生", [["姓名", "人数"], ["韦家乐", "3"]])  # and [Red]0 is no date


def test_a_wrong_code_page_of_excel_97() -> None:
    (read,) = sheets(old_xls(TWO, version=0x0600, code_page=1252))
    assert (read.sheet, read.head(9)) == ("学生", [["姓名", "人数"], ["韦家乐", "3"]])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), -1e300])
def test_a_number_that_is_none_costs_its_cell_alone(value: float) -> None:
    wrong = number(1, 2, value, DAY), number(2, 1, value), formula(2, 2, struct.pack("<d", value))
    (read,) = sheets(old_xls(TWO, *wrong, version=0x0600))
    assert read.head(2) == [["姓名", "人数", None], ["韦家乐", "3", None]]
    assert read.errors == [(2, 2), (3, 1), (3, 2)]


def test_formulas_of_older_kinds_and_long_texts_of_formulas() -> None:
    long = "韦" * 9000
    records = formula(1, 2, kind=0x0406), *text_of_formula("甲", 1), formula(1, 3), *text_of_formula(long, 4110)
    assert rows_of(old_xls(TWO, *records, version=0x0600))[1] == ["韦家乐", "3", "甲", long]


def test_formulas_of_xls_without_their_text() -> None:
    tokens = b"\x17\x12\0" + b"45122820080103113X"
    (read,) = sheets(old_xls(TWO, formula(1, 2, tokens=tokens), formula(1, 3), version=0x0600))
    assert read.head(2) == [["姓名", "人数", None], ["韦家乐", "3", "45122820080103113X"]]
    assert [rule for rule, _ in read.notes] == ["formula_without_value"]


EMPTY = b"\3\0\0\0\0\0\xff\xff"  # as xlwt writes the value of every formula


@pytest.mark.parametrize("computed", [False, True])
def test_formulas_of_xls_that_no_program_has_computed(computed: bool) -> None:
    text, joined, or_empty = b"\x17\2\1" + "辍学".encode("utf-16-le"), b"\x44\0\0\0\xc0", b"\x17\0\0"
    records = [formula(1, 2 + i, EMPTY, tokens) for i, tokens in enumerate((text, joined, or_empty))]
    (read,) = sheets(old_xls(TWO, *records, *[formula(0, 2, struct.pack("<d", 1.0))] * computed, version=0x0600))
    assert [column[1].as_py() for column in read.columns[:4]] == ["韦家乐", "3", "辍学", None]
    assert read.uncomputed == [] if computed else [(2, 3)]


def test_a_formula_of_xml_with_an_empty_value_is_read_or_told() -> None:
    formulas = "".join(
        f"""<Cell ss:Formula='={f}'><Data ss:Type="String"></Data></Cell>""" for f in ('"辍学"', "A1&amp;B1", 'IF(A1="","",A1)')
    )
    (read,) = sheets(spreadsheet_xml_of(f'<Worksheet ss:Name="表"><Table><Row>{formulas}</Row></Table></Worksheet>'))
    assert [column[0].as_py() for column in read.columns] == ["辍学", None, None]
    ((rule, said),) = read.notes
    assert rule == "formula_without_value" and "有 1 个公式" in said


def test_a_workbook_that_excel_opens_by_itself_is_opened() -> None:
    assert rows_of(encrypted("VelvetSweatshop")) == rows_of(xlsx())


def test_a_workbook_whose_password_fits_and_opens_nothing_is_damaged() -> None:
    # In a file of its own msoffcrypto writes what describes the encryption over a workbook of under 4,096 bytes.
    small = renamed(xlsx([["姓名"], ["韦家乐"]]), lambda part: part, lambda x: b"<a/>" if b"<a:theme" in x else x)
    with pytest.raises(FileRefused, match="已损坏：密码是对的"):
        list(sheets(encrypted("VelvetSweatshop", small)))


@pytest.mark.parametrize("locked", [encrypted, encrypted_xls], ids=[".xlsx", ".xls"])
def test_a_password_of_the_county_opens_a_workbook_and_another_one_does_not(locked: Callable[[], bytes]) -> None:
    content = locked()
    (read,) = sheets(content, ("wrong", "secret"))
    assert "韦家乐" in read.columns[grid()[0].index("姓名")].to_pylist()
    with pytest.raises(FileRefused, match="打开密码") as refused:
        list(sheets(content, ("wrong",)))
    assert "wrong" not in refused.value.message


def test_an_encrypted_ods_has_a_password() -> None:
    content = altered(
        ods(grid()), "META-INF/manifest.xml", lambda x: x.replace(b"/>", b"><manifest:encryption-data/></manifest:file-entry>")
    )
    with pytest.raises(FileRefused, match="打开密码"):
        list(sheets(altered(content, "content.xml", lambda _: bytes(range(256)))))


def test_the_password_is_a_setting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "学生.xlsx").write_bytes(encrypted())
    (tmp_path / "county.toml").write_text('passwords = ["secret"]\n', encoding="utf-8")
    asked = [
        "check",
        str(tmp_path / "学生.xlsx"),
        "--registry",
        "xueji",
        "--root",
        str(tmp_path),
        "--out",
        str(tmp_path / "结果.xlsx"),
    ]
    assert main(asked) == 0
    assert "secret" not in "".join(capsys.readouterr())


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


def test_an_xls_whose_tables_lead_in_a_circle_does_not_get_to_the_reader() -> None:
    content = bytearray(old_xls(TWO))
    content[4096 + 4 : 4096 + 8] = struct.pack("<I", 1)  # the directory goes on in itself, for ever
    try:
        read, _ = look_into_xls(bytes(content))
    except FileRefused:
        return
    assert read[4096 + 4 : 4096 + 8] == struct.pack("<I", 0xFFFFFFFE)


@pytest.mark.parametrize("made", [lambda: old_xls(TWO), encrypted], ids=[".xls", "encrypted .xlsx"])
def test_a_stream_that_says_it_is_longer_than_its_file_takes_no_memory(made: Callable[[], bytes]) -> None:
    content = bytearray(made())
    name = "EncryptedPackage" if b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P" in content else "Workbook"
    at = content.index(name.encode("utf-16-le") + b"\0\0") + 120  # MS-CFB 2.6.1: the size in a directory's entry
    content[at : at + 4] = struct.pack("<I", 1 << 30)
    with pytest.raises(FileRefused, match="已损坏"):
        list(sheets(bytes(content)))


@pytest.mark.parametrize("made", [xls, encrypted])
@pytest.mark.parametrize("shift", [0xFFFF, 1, 0])
def test_a_compound_file_whose_sectors_have_no_size_is_damaged(made: Callable[[], bytes], shift: int) -> None:
    content = bytearray(made())
    struct.pack_into("<H", content, 30, shift)
    with pytest.raises(FileRefused, match="已损坏"):
        list(sheets(bytes(content)))


def test_a_cell_beyond_every_sheet_takes_no_memory() -> None:
    with pytest.raises(FileRefused, match="已损坏"):
        list(sheets(old_xls(TWO, number(1, 300, 1.0), version=0x0600)))


def test_what_a_sheet_says_of_its_size_takes_no_memory() -> None:
    size = 0x0200, struct.pack("<IIHHH", 0, 0xFFFFFFF0, 0, 0xFFF0, 0)
    assert rows_of(old_xls(TWO, size, version=0x0600)) == [["姓名", "人数"], ["韦家乐", "3"]]


@pytest.mark.parametrize("address", [b"Kchem2", b"ABCD2", b"A12345678", b""])
def test_a_cell_whose_address_is_none_takes_no_memory(address: bytes) -> None:
    with pytest.raises(FileRefused, match="位置不存在"):
        list(sheets(altered(xlsx(), SHEET, lambda x: x.replace(b'r="B2"', b'r="' + address + b'"'))))


def test_addresses_in_small_letters_are_read_and_their_sheet_is_measured() -> None:
    assert rows_of(altered(xlsx(), SHEET, lambda x: x.replace(b'r="B2"', b'r="b2"'))) == rows_of(xlsx())
    with pytest.raises(FileRefused, match="超出可读的大小"):
        list(sheets(altered(xlsx(), SHEET, lambda x: x.replace(b'r="B2"', b'r="xfd1048576"'))))


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
