"""What is shown masked: names, numbers and birthdates in a text and in a workbook."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipelines.ask.masked_workbook import masked_book
from pipelines.ask.masking import Masker, mask_name, mask_number
from reports.book import Book, FilledSheet, SheetColumn, SheetOfRows, write_book

NIGHT = date(2020, 4, 15)
MASKER = Masker({"韦家乐", "韦家", "高岭", "ALI KAYA"}, {"451228 20100315 0013"}, {"高岭镇"}, NIGHT)


@pytest.mark.parametrize(
    ("name", "masked"), [("韦乐", "韦*"), ("韦家乐", "韦*乐"), ("欧阳家乐", "欧**乐"), ("韦", "韦"), (None, None), ("", "")]
)
def test_a_name_keeps_its_ends(name: str | None, masked: str | None) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("45122820100315001X", "451228********001X"),
        ("451228100315001", "451228*****5001"),
        ("13812345678", "138****5678"),
        ("2212345", "*****45"),
        (None, None),
    ],
)
def test_a_number_keeps_its_division_and_its_last_digits(number: str | None, masked: str | None) -> None:
    assert mask_number(number) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("韦家乐，45122820100315001X，2010-03-15，高岭镇，韦家", "韦*乐，451228********001X，2010-**-**，高岭镇，韦*"),
        ("兄弟韦家乐的电话13812345678", "兄弟韦*乐的电话138****5678"),
        ("学籍号 G45122820100315001X", "学籍号 G451228********001X"),
        (
            "证号 4.51228201003151E+17，４５１２２８２０１００３１５００１３",
            "证号 4.5122**********E+17，４５１２２８********００１３",
        ),
        ("证号 451228 20100315 0013 在户籍", "证号 451228**********0013 在户籍"),
        ("2010年3月5日生，2010/3/5", "2010-**-**生，2010-**-**"),
        ("ALI KAYA", "A******A"),
        # What is no person's stays: bidui's own numbers, nights, moments in names of files, counts.
        ("P0000001 C0000123 xueji.2.0000559 第22006行", "P0000001 C0000123 xueji.2.0000559 第22006行"),
        ("首次列入 2020-04-15；《学生信息20200415103000.xlsx》", "首次列入 2020-04-15；《学生信息20200415103000.xlsx》"),
        ("451228********001X", "451228********001X"),
    ],
)
def test_what_is_of_a_person_is_masked_in_a_text(text: str, masked: str) -> None:
    assert MASKER.text(text) == masked


def test_a_workbook_keeps_its_cells_and_loses_its_persons(tmp_path: Path) -> None:
    kinds = (("姓名", "name", "id"), ("出生日期", "birth", "date"), ("列入", "listed", "date"))
    columns = tuple(SheetColumn(*kind) for kind in kinds)
    frame = {"name": ["韦家乐"], "birth": [date(2010, 3, 15)], "listed": [NIGHT]}
    path = tmp_path / "a.xlsx"
    write_book(Book(path, (FilledSheet(SheetOfRows("名单", columns, empty=None), frame, "名单", "名单"),), NIGHT))
    sheet = load_workbook(BytesIO(masked_book(path.read_bytes(), MASKER, NIGHT))).active
    first, second = sheet.iter_rows(values_only=True)
    assert first == ("姓名", "出生日期", "列入")
    assert [str(value)[:10] for value in second] == ["韦*乐", "2010-01-01", "2020-04-15"]
