"""Headings of workbooks that townships send back: which columns are known again, and which cost the sheet."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from pipelines.answers.inbox import unread_files
from reports.listings import CHILDREN_SHEET
from tests.lib.edited_returns import CHILD, SAID, answered, edited, place, read, taken


def headed(**written: str | None) -> Callable[[Workbook], None]:
    """The first child answered; under the columns' keys other headings."""

    def change(book: Workbook) -> None:
        sheet = answered(book)
        for key, heading in written.items():
            sheet.cell(1, place(sheet, key)).value = heading

    return change


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
