"""Reading each format as the job does, beside a reader that does nothing else: ``python -m benchmarks.reading_formats --rows 20000``.

The same table of 30 columns (texts, numbers, days) as .xlsx, .xls, .ods and .csv. Bare: python-calamine, and Arrow's reader of text files. CPU
seconds, the median of five runs in turn. Exit status 1 where one takes more than twice as long.
"""

import argparse
import io
import sys
from datetime import date, timedelta

import xlwt
from openpyxl import Workbook
from pyarrow.csv import read_csv

from benchmarks.intake_speed import read_bare, timed
from pipelines.files.containers import sheets
from tests.lib.made_files import csv, ods

_COLUMNS, _MOST = 30, 2.0
_TEXTS, _NUMBERS = 24, 4  # of the columns; the others are days
Table = list[list[object]]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    rows = parser.parse_args().rows
    table = _table(rows)
    written = [[str(cell) for cell in row] for row in table]
    slow = False
    for kind, content in (("xlsx", _xlsx(table)), ("xls", _xls(table)), ("ods", ods(written)), ("csv", csv(written))):
        bare = (
            (lambda c=content: read_csv(io.BytesIO(c.decode("utf-8-sig").encode())))
            if kind == "csv"
            else (lambda c=content: read_bare(c))
        )
        alone, whole = timed(bare, lambda c=content: list(sheets(c)))
        print(f".{kind}, {len(content) / 1e6:.1f} MB: bare {alone:.2f} s, as the job reads {whole:.2f} s, × {whole / alone:.2f}")
        slow = slow or whole > _MOST * alone
    return int(slow)


def _table(rows: int) -> Table:
    headings: list[object] = [f"列{column}" for column in range(_COLUMNS)]
    first = date(2008, 1, 1)
    return [headings] + [
        [
            f"值{(row * 31 + column * 977) % (100_000 if column < 2 else 500)}" if column < _TEXTS
            else row * column if column < _TEXTS + _NUMBERS
            else first + timedelta(days=row % 3000)
            for column in range(_COLUMNS)
        ]
        for row in range(rows)
    ]  # fmt: skip


def _xlsx(table: Table) -> bytes:
    book, out = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("学生")
    for row in table:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def _xls(table: Table) -> bytes:
    book, out = xlwt.Workbook(encoding="utf-8"), io.BytesIO()
    sheet, day = book.add_sheet("学生"), xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, row in enumerate(table):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write(number, column, cell, day)
            else:
                sheet.write(number, column, cell)
    book.save(out)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
