"""A workbook as it goes out, of four made-up children, a pair and a discrepancy, and as officers send it back."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import xlwt
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.answers.returned import ReturnedRow, read_returned
from pipelines.files.refusal import Refusal
from reports.book import Book, FilledSheet, SheetOfRows, write_book
from reports.listings import CHILDREN_SHEET, FINDINGS_SHEET, PAIRS_SHEET, ROW_CODES
from reports.row_codes import NO_KEY, with_row_codes
from tests.lib.made_files import csv, ods

AS_OF = date(2020, 9, 30)
CHILDREN = 4
CHILD = {"person_id": "person_id0", "case_id": "case_id0", "name": "name0", "village": "village0"}  # the first of them
SAID = {"said": "省外就读（填学校）", "school_said": "某某省某某市某某小学", "checked_by": "韦某", "checked_on": "2020-10-08"}


@cache
def sent(*, children: int = CHILDREN, others: bool = False) -> bytes:
    """The workbook as the sheet writer writes it: the children, and with ``others`` a pair and a discrepancy."""
    sheets = [_filled(CHILDREN_SHEET, children)]
    if others:
        sheets += [_filled(PAIRS_SHEET, 1), _filled(FINDINGS_SHEET, 1)]
    with TemporaryDirectory() as folder:
        path = Path(folder, "安阳镇.xlsx")
        write_book(Book(path, tuple(sheets), AS_OF))
        return path.read_bytes()


def _filled(sheet: SheetOfRows, rows: int) -> FilledSheet:
    frame = pa.table({c.key: [_value(c.key, n) for n in range(rows)] for c in sheet.shown if c.key not in ROW_CODES})
    coded = with_row_codes(sheet, frame, NO_KEY)
    return FilledSheet(sheet, {name: coded[name] for name in coded.column_names}, "安阳镇", "")


def _value(key: str, number: int) -> str | int | date | None:
    if key in ("birthdate", "birthdate_l", "birthdate_r", "first_listed"):
        return date(2010, 1, number % 28 + 1)
    if key == "township":
        return "安阳镇"
    return number if key == "weeks" else f"{key}{number}"


def edited(change: Callable[[Workbook], None], content: bytes | None = None) -> bytes:
    """The workbook after ``change``, saved by another program."""
    book = load_workbook(io.BytesIO(content or sent()))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def place(sheet: Worksheet, key: str, listing: SheetOfRows = CHILDREN_SHEET) -> int:
    """The number of the column of ``key``."""
    heading = next(column.heading for column in listing.columns if column.key == key)
    return next(c.column for c in sheet[1] if (c.value or "").replace("\n【填】", "") == heading)


def fill(sheet: Worksheet, row: int, said: Mapping[str, object] = SAID, listing: SheetOfRows = CHILDREN_SHEET) -> None:
    """Write ``said`` into a row."""
    for key, value in said.items():
        sheet.cell(row, place(sheet, key, listing), value)


def answered(book: Workbook, rows: tuple[int, ...] = (2,)) -> Worksheet:
    """The sheet of children with ``SAID`` in ``rows``."""
    sheet = book[CHILDREN_SHEET.title]
    for row in rows:
        fill(sheet, row)
    return sheet


def cells(content: bytes) -> list[list[object]]:
    """The first sheet's cells from top to bottom."""
    return [list(row) for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)]


def as_csv(content: bytes, encoding: str = "utf-8") -> bytes:
    """The first sheet as a text file, as a spreadsheet saves it: headings of two lines are quoted."""
    rows = [
        [f"{c:%Y/%m/%d}" if isinstance(c, date) else f'"{c}"' if "\n" in str(c) else c for c in row] for row in cells(content)
    ]
    return csv(rows, encoding) + "\r\n".encode(encoding.removesuffix("-sig"))


def as_ods(content: bytes) -> bytes:
    """The first sheet as OpenDocument."""
    return ods(cells(content))


def as_xls(content: bytes, title: str = CHILDREN_SHEET.title) -> bytes:
    """The first sheet as a workbook of Excel 97."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(title)
    for i, row in enumerate(cells(content)):
        for j, value in enumerate(row):
            sheet.write(i, j, value if isinstance(value, str | int | float) or value is None else value.isoformat()[:10])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(inbox: Path, *passwords: str, **files: bytes) -> tuple[list[ReturnedRow], list[Refusal]]:
    """(rows of all lists, refusals) of an inbox with ``files``."""
    inbox.mkdir(exist_ok=True)
    for name, content in files.items():
        (inbox / name).write_bytes(content)
    rows, refused = read_returned(inbox, lambda _: passwords)
    return list(_all(rows)), refused


def _all(rows: Mapping[str, list[ReturnedRow]]) -> Iterator[ReturnedRow]:
    for found in rows.values():
        yield from found


def told(refused: list[Refusal]) -> list[tuple[str, int | None]]:
    """Rule and row of each."""
    return [(refusal.rule, refusal.row) for refusal in refused]


def taken(rows: Iterable[ReturnedRow]) -> list[dict[str, str | None]]:
    """Of each row what tells whose answer it is and what was answered."""
    return [{key: row.cells.get(key) for key in (*CHILD, *SAID)} for row in rows]
