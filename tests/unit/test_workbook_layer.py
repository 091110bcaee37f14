"""The one workbook layer: what it makes of texts, of many rows, of several workbooks at once."""

import sys
import zipfile
from datetime import date
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from reports.book import (
    Book,
    FilledSheet,
    Look,
    PageLine,
    PageRow,
    PrintedPage,
    SheetColumn,
    SheetOfRows,
    states_no_rows,
    write_book,
    write_books,
)
from reports.book import write as writer
from reports.book.measure import clean, measure_column, serial, text_lines, widest

DAY = date(2020, 9, 30)
TEXTS = SheetOfRows("名单", (SheetColumn("内容", "text", width=12), SheetColumn("编号", "id", "id")), empty="无")


def filled(texts: object, ids: object = None) -> FilledSheet:
    return FilledSheet(TEXTS, {"text": texts, "id": ids or [None] * len(texts)}, "安阳镇", "")  # type: ignore[arg-type, dict-item]


def read_back(path: Path) -> list[object]:
    return [line[0].value for line in load_workbook(path)["名单"].iter_rows(min_row=2)]


@pytest.mark.parametrize(
    "text",
    [
        "<r>韦</r>",  # XlsxWriter would take it for marked up text
        "<r><t>韦</t></r>",
        "_x0041_",  # a spreadsheet would read A
        "=HYPERLINK(1)",
        "http://a.b",
        "internal:Sheet1!A1",
        "007",
        "1e5",
        "TRUE",
        "a&b<c>\"d'",
        " 两端空格 ",
        "{=1}",
        "第一行\n第二行",
        "😀𠮷",
    ],
)
def test_a_text_is_read_back_to_the_letter(tmp_path: Path, text: str):
    for values in ([text, "韦"], pa.chunked_array([[text, "韦"]])):
        write_book(Book(tmp_path / "book.xlsx", (filled(values),), DAY))
        sheet = load_workbook(tmp_path / "book.xlsx")["名单"]
        assert read_back(tmp_path / "book.xlsx") == [text, "韦"]
        assert sheet["A2"].data_type == "s"


def test_the_line_of_a_sheet_without_rows_is_known_when_it_comes_back(tmp_path: Path):
    for texts, without in (([], True), (["韦"], False)):
        write_book(Book(tmp_path / "book.xlsx", (filled(texts),), DAY))
        assert states_no_rows(TEXTS, load_workbook(tmp_path / "book.xlsx")["名单"].iter_rows(values_only=True)) is without


def test_half_a_character_is_left_out(tmp_path: Path):
    write_book(Book(tmp_path / "book.xlsx", (filled(["韦\ud842一", "\udfff"]),), DAY))
    assert read_back(tmp_path / "book.xlsx") == ["韦一", None]


def test_a_text_of_a_page_is_read_back_to_the_letter(tmp_path: Path):
    items = (PageLine("<r>=1</r>", Look()), PageRow((("=1+1", Look()), (DAY, Look(number_format="yyyy-mm-dd")), (0.5, Look()))))
    for merged in (False, True):
        write_book(Book(tmp_path / "book.xlsx", (PrintedPage("页", "", (20, 9, 9), items, merged=merged),), DAY))
        sheet = load_workbook(tmp_path / "book.xlsx")["页"]
        assert (sheet["A1"].value, sheet["A2"].value, sheet["C2"].value) == ("<r>=1</r>", "=1+1", 0.5)
        assert sheet["A2"].data_type == "s" and sheet["A2"].quotePrefix
        assert sheet["B2"].value.date() == DAY


@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\n\r\x0b韦a ")), min_size=1))
def test_a_column_at_once_is_measured_like_each_of_its_texts(texts: list[str | None]):
    measured = measure_column(pa.chunked_array([pa.array(texts, pa.string())]), 12)
    cleaned = [clean(text or "") for text in texts]
    assert list(measured.values) == [text or None for text in cleaned]
    lines = [1] * len(texts) if measured.lines is None else measured.lines.tolist()
    assert lines == [text_lines(text, 12) for text in cleaned]
    quoted = [False] * len(texts) if measured.quoted is None else measured.quoted.tolist()
    assert quoted == [text.startswith(("=", "+", "-", "@", "\t", "\n")) for text in cleaned]
    assert widest(texts) == widest(pa.array(texts, pa.string()))


def test_days_are_excels_numbers():
    assert serial(date(2020, 9, 30)) == 44104
    assert measure_column(pa.chunked_array([pa.array([DAY, None], pa.date32())]), 10).values == [44104, None]


def test_the_same_content_has_the_same_bytes_and_no_clock(tmp_path: Path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_book(Book(tmp_path / name / "book.xlsx", (filled(["韦", "蓝"]),), DAY))
    assert (tmp_path / "a/book.xlsx").read_bytes() == (tmp_path / "b/book.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a/book.xlsx") as package:
        assert {member.date_time[:3] for member in package.infolist()} == {(1980, 1, 31)}


def test_nothing_is_left_beside_the_workbook(tmp_path: Path):
    write_book(Book(tmp_path / "book.xlsx", (filled(["韦"]),), DAY))
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]
    assert (tmp_path / "book.xlsx").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def books(tmp_path: Path) -> list[Book]:
    return [Book(tmp_path / f"{n}.xlsx", (filled([f"{n}韦{i}" for i in range(20)]),), DAY) for n in range(4)]


def test_several_processes_write_the_same_bytes_as_one(books: list[Book], monkeypatch: pytest.MonkeyPatch):
    assert write_books(books) == [book.path for book in books]
    alone = [book.path.read_bytes() for book in books]
    monkeypatch.setattr(writer, "_WORTH_A_PROCESS", 1)
    monkeypatch.setattr(writer, "_cores", lambda: 2)
    monkeypatch.setattr(writer, "write_book", lambda book: pytest.fail("not in this process"))
    assert write_books(books) == [book.path for book in books]
    assert [book.path.read_bytes() for book in books] == alone


def test_one_process_where_a_new_one_would_run_the_callers_script_again(
    books: list[Book], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(writer, "_WORTH_A_PROCESS", 1)
    monkeypatch.setattr(writer, "_cores", lambda: 2)
    script = ModuleType("__main__")
    script.__file__ = str(tmp_path / "analyst.py")
    script.__spec__ = None
    monkeypatch.setitem(sys.modules, "__main__", script)
    for text, processes in (("run()\n", 1), ('if __name__ == "__main__":\n    run()\n', 2)):
        Path(script.__file__).write_text(text, encoding="utf-8")
        assert writer._processes(books) == processes


def test_an_error_of_a_process_is_raised_here(books: list[Book], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writer, "_WORTH_A_PROCESS", 1)
    monkeypatch.setattr(writer, "_cores", lambda: 2)
    (no_folder := books[0].path.parent / "no folder").touch()
    lost = Book(no_folder / "book.xlsx", books[0].sheets, DAY)
    with pytest.raises(FileExistsError):
        write_books([*books, lost])


def test_a_first_nights_line_stands_instead_of_the_rows(tmp_path: Path):
    sheet = FilledSheet(TEXTS, {"text": ["韦"], "id": ["1"]}, "安阳镇", "", instead="首次比对")
    write_book(Book(tmp_path / "book.xlsx", (sheet,), DAY))
    assert [[c.value for c in line] for line in load_workbook(tmp_path / "book.xlsx")["名单"].iter_rows()] == [["首次比对"]]
