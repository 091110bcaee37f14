"""A township's workbook with every person in it masked, to train officers with: its sheets, drop-downs and protection are those of the real one.

Only texts and days are replaced in the file's own XML. The codes of its rows stay, and belong to other values now: an answer in such a workbook that
comes back by mistake is refused.
"""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import duckdb

from pipelines.ask.masking import Masker, masker_of, place_names
from pipelines.ask.published_run import published_run
from pipelines.files.opening import write_private
from pipelines.guard import Foreseen
from pipelines.intake.places import Places
from pipelines.intake.responsible import read_responsible
from pipelines.store.county_file import settings_of
from schemas.memory_database import memory_database
from schemas.settings import Settings

_TABLES = ("records", "persons", "case_log")
_SHARED, _STYLES, _SHEETS = "xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/"
_TEXT = re.compile(r"(<t(?: [^>]*)?>)([^<]*)(</t>)")
_DAY_CELL = re.compile(r'(<c r="[A-Z]+\d+" s="(\d+)"><v>)(\d+)(</v></c>)')
_FORMAT = re.compile(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"')
_CELL_FORMATS = re.compile(r"<cellXfs.*?</cellXfs>", re.DOTALL)
_FORMAT_OF_CELL = re.compile(r'<xf numFmtId="(\d+)"')
_EPOCH = date(1899, 12, 30)  # day 0 of Excel, for days after February 1900


class NoWorkbook(Foreseen):
    """The published run has no workbook of this township; the message, in Chinese, says how to get one."""


def write_masked_workbook(root: Path, township: str, out: Path) -> Iterator[str]:
    """Write the workbook of ``township`` (its official name), masked, as ``out``; a line of Chinese that says so. Raises NoWorkbook and NoResults."""
    store, settings = published_run(root, _TABLES), settings_of(root)
    books = sorted((store.run / "workbooks").glob(f"{township}_*.xlsx"))
    if not books:
        raise NoWorkbook(f"这次比对没有出{township}的核查表，请运行 bidui run --township {township}")
    with memory_database(store.run) as con:
        for table in _TABLES:
            con.read_parquet(str(store.path(table))).create_view(table)
        masker, first_night = _masker(con, root, settings)
    write_private(out, masked_book(books[0].read_bytes(), masker, first_night))
    yield f"{township}的核查表（已遮盖，只供培训，其中的答复不会采用）：{out}"


def _masker(con: duckdb.DuckDBPyConnection, root: Path, settings: Settings) -> tuple[Masker, date]:
    """The masker of the run, and its first night. Those who answer for a village are masked, too."""
    people = read_responsible(root, Places(settings.divisions))[0].drop(["township", "village"])
    names = {name for column in people.columns for cell in column.to_pylist() if cell for name in cell.split("、")}
    ((first_night,),) = con.sql("select min(as_of) from case_log").fetchall()
    return masker_of(con, place_names(settings.divisions), names), first_night or date.max


def masked_book(book: bytes, masker: Masker, first_night: date) -> bytes:
    """The workbook ``book``, as ``reports.book`` writes one, with its texts masked and each day before ``first_night`` the first of its year."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        days = _day_formats(source.read(_STYLES).decode("utf-8"))
        for member in source.infolist():
            content = source.read(member)
            if member.filename == _SHARED or member.filename.startswith(_SHEETS):
                text = _TEXT.sub(lambda found: found[1] + masker.text(found[2]) + found[3], content.decode("utf-8"))
                content = _DAY_CELL.sub(lambda found: _day(found, days, first_night), text).encode("utf-8")
            target.writestr(member, content)
    return out.getvalue()


def _day_formats(styles: str) -> set[str]:
    """The numbers of the cell formats that show a number as a day."""
    days = {number for number, code in _FORMAT.findall(styles) if "yy" in code} | {"14"}
    cells = _CELL_FORMATS.search(styles)
    return {str(place) for place, number in enumerate(_FORMAT_OF_CELL.findall(cells[0] if cells else "")) if number in days}


def _day(found: re.Match[str], days: set[str], first_night: date) -> str:
    day = _EPOCH + timedelta(days=int(found[3]))
    if found[2] not in days or day >= first_night:
        return found[0]
    return f"{found[1]}{(date(day.year, 1, 1) - _EPOCH).days}{found[4]}"
