"""How the workbooks are made: text that stays text, dates, looks, printing, answers that can be checked, files."""

from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from pipelines.answers.received import received_answers
from pipelines.answers.returned import read_returned
from reports.book import ANSWER_MARK, Book, FilledSheet, SheetColumn, SheetOfRows, write_book, write_books
from reports.book.measure import text_lines, text_width
from reports.row_codes import NO_KEY
from schemas.whereabouts import ANSWERS
from tests.lib.made_up_tables import (
    person_id,
    write_tables,
)
from tests.lib.opened_books import AREAS, AS_OF, LISTS, books_of, column, rows
from tests.lib.plan_county import SETTINGS

ONE_COLUMN = SheetOfRows("名单", (SheetColumn("内容", "text"),), empty="无")


def write(folder: Path, *sheets: FilledSheet) -> None:
    write_book(Book(folder / "book.xlsx", sheets, AS_OF))


def test_same_bytes_twice(workbooks: Path, tmp_path: Path):
    for path in write_books(books_of(write_tables(tmp_path / "tables"), tmp_path / "again", AS_OF, settings=SETTINGS)):
        assert path.read_bytes() == (workbooks / path.relative_to(tmp_path / "again")).read_bytes(), path.name


def test_properties_know_no_clock(books: dict[str, Workbook]):
    properties = books["安阳镇"].properties
    assert properties.creator == "bidui"
    assert properties.created == properties.modified == datetime(2020, 9, 30)


@pytest.mark.parametrize("area", AREAS)
def test_no_formula_no_error_value(books: dict[str, Workbook], area: str):
    cells = [c for sheet in books[area] for line in sheet.iter_rows() for c in line]
    assert {c.data_type for c in cells if c.parent.title != "封面"} <= {"s", "n", "d"}
    assert all(c.value.startswith("=SUMPRODUCT(") for c in cells if c.data_type == "f")
    risky = [
        c
        for c in cells
        if c.data_type != "f" and isinstance(c.value, str) and c.value.startswith(("=", "+", "-", "@", "\t", "\n"))
    ]
    assert risky
    assert all(c.quotePrefix for c in risky)


def test_nasty_names_arrive_as_text(books: dict[str, Workbook]):
    names = {row["人员编号"]: row["姓名"] for row in rows(books["都安县"]["去向不明儿童"])}
    assert [names[person_id(i)] for i in range(12)] == [
        "=1+1",
        "+cmd",
        "-2",
        "@SUM(A1)",
        "\t=3",
        "\n=4",
        "#N/A",
        "韦美",
        'a<b>&"c"',
        " 蓝 ",
        "TRUE",
        "=5",
    ]


@pytest.mark.parametrize(
    ("title", "headings"),
    [
        ("去向不明儿童", ["人员编号", "身份证号", "联系电话"]),
        ("疑似同一人", ["身份证号（一）", "身份证号（二）"]),
        ("信息不一致", ["身份证号", "值一", "值二", "正确值【填】"]),
    ],
)
def test_numbers_stay_text(books: dict[str, Workbook], title: str, headings: list[str]):
    for heading in headings:
        cells = column(books["安阳镇"][title], heading)
        assert {c.number_format for c in cells} == {"@"}
        assert {type(c.value) for c in cells} <= ({type(None)} if heading.endswith(ANSWER_MARK) else {str})


def test_dates_are_dates(books: dict[str, Workbook]):
    for heading in ("出生日期", "首次列入", "核查日期【填】"):
        cells = column(books["安阳镇"]["去向不明儿童"], heading)
        assert {c.number_format for c in cells} == {"yyyy-mm-dd"}
    assert {c.value for c in column(books["安阳镇"]["去向不明儿童"], "出生日期")} == {datetime(2010, 1, 1)}
    assert books["安阳镇"]["封面"]["B3"].value == datetime(2020, 9, 30)


@pytest.mark.parametrize("title", LISTS)
def test_made_to_be_read_filtered_and_printed(books: dict[str, Workbook], title: str):
    sheet = books["安阳镇"][title]
    assert sheet.freeze_panes == {"疑似同一人": "H2", "信息不一致": "F2"}.get(title, "G2")
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet.print_title_rows == "$1:$1"
    page = sheet.page_setup
    assert (page.orientation, page.paperSize, page.fitToWidth, page.fitToHeight) == ("landscape", 9, 2, 0)
    assert sheet.print_title_cols == {"疑似同一人": "$A:$G", "信息不一致": "$A:$E"}.get(
        title, "$A:$F"
    )  # on either sheet of paper
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddFooter.left.text == "安阳镇"
    assert "&P" in sheet.oddFooter.center.text
    assert len(sheet.title) <= 31


@pytest.mark.parametrize("title", LISTS)
def test_columns_are_wide_and_rows_high_enough(books: dict[str, Workbook], title: str):
    sheet = books["安阳镇"][title]
    laid_out = {n: d for d in sheet.column_dimensions.values() for n in range(d.min, d.max + 1)}  # alike ones are told once
    for line in sheet.iter_rows():
        for c in line:
            if laid_out[c.column].hidden:
                continue
            width = laid_out[c.column].width
            assert isinstance(c.value, str) or width >= 5
            if isinstance(c.value, str):
                assert c.alignment.wrap_text
                assert sheet.row_dimensions[c.row].height >= min(409, 12 * text_lines(c.value, int(width)))


def test_every_other_childs_findings_are_shaded(books: dict[str, Workbook]):
    sheet = books["安阳镇"]["信息不一致"]
    children = [c.value for c in column(sheet, "人员编号")]
    shades = [c.fill.fgColor.rgb if c.fill.fill_type else None for c in column(sheet, "规则")]
    assert set(shades) == {None, "FFEDEDED"}
    for at in range(1, len(children)):
        assert (children[at] == children[at - 1]) == (shades[at] == shades[at - 1])


def test_answers_are_yellow_and_marked(books: dict[str, Workbook]):
    for title, answers in {
        "去向不明儿童": ["核查去向", "就读学校", "核查说明", "佐证材料", "核查人", "核查日期"],
        "疑似同一人": ["是否同一人", "说明", "核查人", "核查日期"],
        "信息不一致": ["正确值", "处理情况", "处理人", "日期"],
    }.items():
        sheet = books["安阳镇"][title]
        marked = [c.value.replace("\n", "") for c in sheet[1] if c.value.endswith(ANSWER_MARK)]
        assert marked == [answer + ANSWER_MARK for answer in answers]
        for heading in marked:
            assert {(c.value, c.fill.fgColor.rgb) for c in column(sheet, heading)} == {(None, "FFFFFFE5")}


@pytest.mark.parametrize(
    ("title", "heading", "formula"),
    [
        ("去向不明儿童", "核查去向", f'"{",".join(ANSWERS)}"'),
        ("疑似同一人", "是否同一人", '"是,否,无法判断"'),
        ("信息不一致", "处理情况", '"已更正,无需更正,转相关部门,未处理"'),
        ("去向不明儿童", "核查日期", None),
        ("信息不一致", "日期", None),
    ],
)
def test_answers_are_checked_on_every_data_row(books: dict[str, Workbook], title: str, heading: str, formula: str | None):
    sheet = books["安阳镇"][title]
    cells = column(sheet, heading + ANSWER_MARK)
    (check,) = [v for v in sheet.data_validations.dataValidation if cells[0].coordinate in v.sqref]
    assert str(check.sqref) == f"{cells[0].coordinate}:{cells[-1].coordinate}"
    assert check.showErrorMessage
    assert (check.type, check.formula1) == ("list", formula) if formula else check.type == "date"
    assert len(check.formula1) <= 255


def test_answers_filled_in_and_sent_back_are_read(workbooks: Path, tmp_path: Path):
    """The way back: the headings are those that the reader of returned workbooks looks for, and the row's codes agree with it."""
    book = load_workbook(next(workbooks.glob("安阳镇_*.xlsx")))
    sheet = book["去向不明儿童"]
    for heading, answer in {"核查去向": "县外就读（填学校）", "就读学校": "某某小学", "核查日期": AS_OF}.items():
        column(sheet, heading + ANSWER_MARK)[1].value = answer
    book.save(tmp_path / "returned.xlsx")
    rows, unread = read_returned(tmp_path)
    (answer,) = received_answers(rows, AS_OF, NO_KEY)
    assert (unread, answer.values["refusal"], answer.values["detail"]) == ([], None, "某某小学")
    expected = {field: column(sheet, heading)[1].value for field, heading in (("person_id", "人员编号"), ("name", "姓名"))}
    assert {field: answer.values[field] for field in expected} == expected


def test_a_sheet_to_answer_is_locked_but_for_the_answers(books: dict[str, Workbook]):
    for title in LISTS:
        sheet = books["安阳镇"][title]
        assert sheet.protection.sheet and not sheet.protection.autoFilter  # a filter is allowed
        unlocked = {c.value.replace("\n", "") for c in sheet[1] if not sheet.cell(2, c.column).protection.locked}
        assert unlocked == {c.value.replace("\n", "") for c in sheet[1] if c.value.endswith(ANSWER_MARK)}


def test_a_long_drop_down_comes_from_a_hidden_sheet(tmp_path: Path):
    long = tuple(f"很长的选项之第{i}种情形" for i in range(40))
    listing = SheetOfRows(
        "名单",
        (
            SheetColumn("姓名", "name"),
            SheetColumn("甲", "a", asked=True, choices=long),
            SheetColumn("乙", "b", asked=True, choices=("有,逗号", "无")),
            SheetColumn("丙", "c", asked=True, choices=long),
        ),
        empty="无",
    )
    write(tmp_path, FilledSheet(listing, {"name": ["韦某"]}, "安阳镇", ""))
    again = load_workbook(tmp_path / "book.xlsx")
    assert again["选项"].sheet_state == "hidden"
    formulas = [v.formula1 for v in again["名单"].data_validations.dataValidation]
    assert formulas == ["'选项'!$A$1:$A$40", "'选项'!$B$1:$B$2", "'选项'!$A$1:$A$40"]
    assert [c.value for c in again["选项"]["A"]] == list(long)
    assert [c.value for c in again["选项"]["B"]][:3] == ["有,逗号", "无", None]


def test_a_workbook_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object):
        raise OSError("disk full")

    monkeypatch.setattr("zipfile.ZipFile.write", fail)
    (tmp_path / "book.xlsx").write_bytes(b"last good one")
    with pytest.raises(OSError, match="disk full"):
        write(tmp_path, FilledSheet(ONE_COLUMN, {"text": ["韦某"]}, "", ""))
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"last good one"]


def test_widths_count_chinese_twice():
    assert [text_width(text) for text in ("", "abc", "韦某", "韦a\nabcdef")] == [0, 3, 4, 6]
