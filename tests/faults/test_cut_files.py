"""Files that were cut off while they were copied: refused, or told, and never taken for whole."""

import codecs
import io
import re
import zipfile
from pathlib import Path

import pytest

from pipelines.files.containers import sheets
from pipelines.files.refusal import FileRefused, Refusal
from pipelines.intake.exports import find_exports
from schemas.registry import declared

_HEAD = "姓名,身份证号,出生日期,学校\n"
_ROWS = "".join(f"韦小{c},45122820100101{n:03d}X,20100101,高岭小学\n" for n, c in enumerate("一二三四五六七八"))
_TABLE = "<table><tr><td>姓名</td><td>学校</td></tr>" + "<tr><td>韦小一</td><td>高岭小学</td></tr>" * 3
_PAGE = "<html>" + _TABLE


@pytest.mark.parametrize("end", ["韦小九", "韦小九,4512282010", "韦小九,451228201001010000,20100101", '韦小九,1,2,"高岭'])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_text_file_that_breaks_off_in_a_row_is_refused(end: str, encoding: str) -> None:
    with pytest.raises(FileRefused) as refused:
        list(sheets((_HEAD + _ROWS + end).encode(encoding)))
    assert refused.value.rule == "truncated_file"


@pytest.mark.parametrize("title", ["高岭小学学生信息\n", "高岭小学\n\n填报单位：高岭镇,填表日期：2020年\n"])
def test_a_short_list_with_a_title_that_breaks_off_in_a_row_is_refused(title: str) -> None:
    for rows in (_ROWS, ""):
        with pytest.raises(FileRefused) as refused:
            list(sheets((title + _HEAD + rows + "韦小九,451228201001010000,2010").encode()))
        assert refused.value.rule == "truncated_file"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_text_file_that_ends_within_a_line_end_is_refused(encoding: str) -> None:
    with pytest.raises(FileRefused) as refused:
        list(sheets((_HEAD + _ROWS).replace("\n", "\r\n").encode(encoding)[:-1]))
    assert refused.value.rule == "truncated_file"
    assert list(sheets((_HEAD + _ROWS).replace("\n", "\r").encode(encoding))), "lines as an old Mac ends them"


def test_a_table_in_a_comment_of_a_page_is_no_open_one() -> None:
    assert list(sheets(f"<html><!-- <table> -->{_TABLE}</table></html>".encode()))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_text_file_that_ends_within_a_character_is_refused(encoding: str) -> None:
    with pytest.raises(FileRefused) as refused:
        list(sheets((_HEAD + _ROWS + "韦小九,1,2,高岭").encode(encoding)[:-1]))
    assert refused.value.rule == "truncated_file"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-le"])
def test_a_text_file_with_a_block_of_zero_bytes_is_refused(encoding: str) -> None:
    content = (_HEAD + _ROWS).encode(encoding)
    start, end = (content.index(name.encode(encoding).removeprefix(codecs.BOM_UTF16)) for name in ("韦小三", "韦小五"))
    for holed in (content[:start] + bytes(end - start) + content[end:], content[:start] + bytes(len(content) - start)):
        with pytest.raises(FileRefused) as refused:
            list(sheets(holed))
        assert refused.value.rule == "truncated_file" and "NUL" in refused.value.message


@pytest.mark.parametrize(("before", "zeros"), [("韦小三", 3), ("小学\n", 20)])
def test_scattered_zero_bytes_and_cells_filled_up_with_them_are_told(before: str, zeros: int) -> None:
    (grid,) = sheets((_HEAD + _ROWS).replace(before, "\0" * zeros + before).encode())
    assert [rule for rule, _ in grid.notes] == ["nul_characters"] and len(grid) == 9


def test_a_last_row_that_may_be_cut_is_told() -> None:
    (grid,) = sheets((_HEAD + _ROWS + "韦小九,451228201001010000,20100101,高").encode())
    assert [rule for rule, _ in grid.notes] == ["no_line_end"] and len(grid) == 10


@pytest.mark.parametrize("footer", ["合计：8人", "填表人：韦某,审核人：蓝某", "共8人"])
def test_a_signature_without_line_end_is_no_cut_row(footer: str) -> None:
    (grid,) = sheets((_HEAD + _ROWS + footer).encode())
    assert len(grid) == 10


def test_a_last_row_as_long_as_the_headings_is_no_cut_row_beside_longer_ones() -> None:
    """A quote or comma too many in the row before."""
    (grid,) = sheets((_HEAD + "韦小八,8,20100101,高岭小学,1,2\n韦小九,9,20100101,高岭小学").encode())
    assert len(grid) == 3


def test_rows_that_leave_out_their_last_cells_are_no_cut_rows() -> None:
    ragged = "".join(f"韦小{c},{n},20100101\n" for n, c in enumerate("一二三四五六七八"))
    for title in ("", "高岭小学学生信息\n"):
        (grid,) = sheets((title + _HEAD + ragged + "韦小九,9,20100101").encode())
        assert len(grid) == 10 + bool(title)


@pytest.mark.parametrize("end", ["", "<tr><td>韦小", "<tr><td>韦小四</td><td>高岭小学</td></tr>"])
def test_a_web_page_whose_table_is_not_closed_is_refused(end: str) -> None:
    with pytest.raises(FileRefused) as refused:
        list(sheets((_PAGE + end).encode()))
    assert refused.value.rule == "truncated_file"


@pytest.mark.parametrize("start", ["<html>", "<HTML lang=zh><head></head><BODY>", "<body>"])
def test_a_web_page_cut_between_two_tables_is_refused(start: str) -> None:
    page = _PAGE.replace("<html>", start) + "</table>"
    with pytest.raises(FileRefused) as refused:
        list(sheets(page.encode()))
    assert refused.value.rule == "truncated_file" and "</html>" in refused.value.message


@pytest.mark.parametrize(
    "page", [_PAGE + "</TABLE></html>", _PAGE.replace("<html>", "<body>") + "</table></BODY >", _TABLE + "</table>"]
)
def test_a_web_page_whose_end_is_there_or_that_told_no_beginning_is_whole(page: str) -> None:
    (grid,) = sheets(page.encode())
    assert len(grid) == 4


def test_a_member_of_an_archive_that_is_shorter_than_told_is_refused(tmp_path: Path) -> None:
    (tmp_path / "xueji").mkdir()
    packed, content = io.BytesIO(), (_HEAD + _ROWS).encode()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("学生.csv", content)
    told, more = (size.to_bytes(4, "little") for size in (len(content), len(content) + 500))
    (tmp_path / "xueji" / "学生.zip").write_bytes(packed.getvalue().replace(told, more))
    (found,) = find_exports(tmp_path, declared())
    assert isinstance(found, Refusal) and found.rule == "truncated_file"


@pytest.mark.parametrize("content", [b"\t\r\n\t\r\n", b" \t \n" * 40, b"\n\n,\n"])
def test_a_text_file_of_blanks_alone_is_no_fault_of_the_program(content: bytes) -> None:
    """A fuzz run found the line whose middle was asked for missing."""
    try:
        (grid,) = sheets(content)
    except FileRefused as refused:
        assert refused.rule in ("not_a_table", "empty_file")
    else:
        assert not any(re.sub(r"[\s,]", "", cell or "") for row in grid.head(50) for cell in row)
