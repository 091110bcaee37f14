"""One odd cell of a workbook costs itself, and not the file. All persons are made up (虚构)."""

import re
from datetime import date

import pytest

from pipelines.files.containers import sheets
from pipelines.files.grid import cell_text
from tests.lib.made_files import SHEET, altered, ods, xlsx
from tests.lib.made_sheets import grid


@pytest.mark.parametrize("prefix", [b"", b"x:"])
@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        *((b"n", value.encode(), value) for value in ("INF", "-INF", "NaN", "-1e300", "1e400", "abc", "40252,0", "1.#QNAN")),
        (b"n", b" 40252 ", "2010-03-15"),
        (b"n", b"3000000", "3000000"),
        (b"n", b"-1", "00:00:00"),
        (b"b", b"1", "是"),
        (b"e", b"#REF!", None),
        (b"e", b"#SPILL!", None),
    ],
)
def test_an_odd_cell_of_xlsx_costs_itself_and_not_the_file(prefix: bytes, kind: bytes, value: bytes, read: str | None) -> None:
    def change(part: bytes) -> bytes:
        part = re.sub(rb' t="n"><v>\d+</v>', b' t="%b"><v>%b</v>' % (kind, value), part)
        return re.sub(rb"<(/?)(?=c[ >]|v>|row|sheetData|worksheet)", rb"<\1" + prefix, part).replace(
            b"xmlns=", b"xmlns:x=" if prefix else b"xmlns="
        )

    content = altered(xlsx([["姓名", "出生日期"], ["韦家乐", date(2020, 1, 1)]]), SHEET, change)
    (grid,) = sheets(content)
    assert grid.head(2) == [["姓名", "出生日期"], ["韦家乐", read]]
    assert grid.errors == ([(2, 1)] if kind == b"e" else [])


@pytest.mark.parametrize("value", ["", "abc", "1,5"])
def test_an_odd_cell_of_ods_costs_itself_and_not_the_file(value: str) -> None:
    text = b'<table:table-cell office:value-type="string"><text:p>20100315</text:p>'
    odd = f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>20100315</text:p>'.encode()
    (read,) = sheets(altered(ods(grid()), "content.xml", lambda x: x.replace(text, odd)))
    column = grid()[0].index("出生日期")
    assert read.columns[column].to_pylist() == ["出生日期", None, "20110401"]
    assert read.errors == [(2, column)]


def test_a_large_negative_number_is_text_as_a_positive_one_is() -> None:
    assert [cell_text(value) for value in (4.51228201001010012e17, -4.51228201001010012e17)] == [
        "4.51228201001010E+17",
        "-4.51228201001010E+17",
    ]
