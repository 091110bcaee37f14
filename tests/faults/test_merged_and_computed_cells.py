"""Cells that cover others and cells that hold formulas, in each kind of file: what is read for them. All persons are made up (虚构)."""

import re
import struct

import pytest
from openpyxl import Workbook

from pipelines.files.containers import sheets
from tests.lib.made_files import (
    SHEET,
    altered,
    html,
    ods,
    spreadsheet_xml_of,
    xlsx,
    xml_rows,
)
from tests.lib.made_records import DAY, TWO, formula, number, old_xls, text_of_formula
from tests.lib.made_sheets import grid, rows_of


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
