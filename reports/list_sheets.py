"""One list of an area's workbook, filled with its rows."""

from datetime import date

from reports.answer_listings import EMPTY_ROWS
from reports.book import MAX_ROWS, FilledSheet, SheetOfRows
from reports.list_rows import AreaLists
from reports.listings import on_weekly_day
from schemas.settings import Settings


def list_sheet(lists: AreaLists, title: str, area: str, as_of: date, settings: Settings, *, all_new: bool = False) -> FilledSheet:
    """The sheet ``title``. ``all_new``: on the first night every case is new, and a list of them would repeat the other lists: one line
    says so.

    Raises ValueError where the list has more rows than a sheet holds.
    """
    sheet, frame = on_weekly_day(lists.sheets[title], settings), lists.frames[title]
    rows = frame.num_rows
    instead = (
        f"首次比对，全部为新增，共 {rows:,} {sheet.unit}，不再逐{sheet.unit}列出，见其他各表。" if all_new and rows else None
    )
    if rows > MAX_ROWS and instead is None:
        raise ValueError(f"{title}: {rows} rows, a sheet holds {MAX_ROWS}")
    columns = dict(zip(frame.column_names, frame.columns, strict=True))
    return FilledSheet(sheet, columns, area, f"{area} {title}（比对日期 {as_of.isoformat()}）", instead=instead)


def sheet_to_report(sheet: SheetOfRows, township: str, as_of: date) -> FilledSheet:
    """Empty rows of ``township``, for what it reports of its own accord."""
    rows = {"township": [township] * EMPTY_ROWS}
    return FilledSheet(sheet, rows, township, f"{township} {sheet.title}（比对日期 {as_of.isoformat()}）")
