"""A workbook as a township sends it back, written by hand: the columns of its list, the codes of each row, what is filled in."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from pipelines.store.runs import Store
from reports.book import SheetOfRows
from reports.listings import ROW_CODES
from reports.row_codes import NO_KEY, row_code


def write_returned(path: Path, sheet: SheetOfRows, rows: Sequence[Mapping[str, object]]) -> Path:
    """Write ``rows`` (key of the list's column -> cell) as the sheet of that list; ``path``: in the inbox of a data folder, whose codes the
    rows have."""
    row_key = Store(path.parents[1]).row_key or NO_KEY
    book = Workbook()
    book.active.title = sheet.title
    book.active.append([column.heading for column in sheet.columns])
    for row in rows:
        codes = dict.fromkeys(ROW_CODES, row_code([row.get(key) for key in sheet.identified_by], row_key))
        book.active.append([{**codes, **row}.get(column.key) for column in sheet.columns])
    path.parent.mkdir(exist_ok=True)
    book.save(path)
    return path
