"""The workbook as a file: openpyxl's package with the data rows put in and every time stamp the same."""

import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

_ROWS_END = b"</sheetData>"


def save(book: Workbook, rows: Mapping[str, Iterable[str]], path: Path, as_of: date) -> None:
    """Write ``book`` to ``path``, with ``rows`` (by sheet title) below what its sheets already hold.

    The file appears whole or not at all, is readable by its owner alone and has the same bytes for the same content.
    """
    moment = datetime.combine(as_of, time())
    book.properties.creator = "bidui"
    book.properties.title = path.stem
    book.properties.created = book.properties.modified = moment
    members = {f"xl/worksheets/sheet{book.sheetnames.index(title) + 1}.xml": lines for title, lines in rows.items()}
    unfinished = path.with_suffix(".partial")
    for sheet in book.worksheets:
        sheet.close()  # ExcelWriter would do it one by one and leave some open if it fails
    try:
        with (
            open(unfinished, "wb", opener=partial(os.open, mode=0o600)) as file,
            _Package(file, moment, members) as package,
        ):
            ExcelWriter(book, package).save()  # not book.save(), which stamps the present time
        os.chmod(unfinished, 0o600)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


class _Package(ZipFile):
    """A zip file whose members all carry ``moment``; the sheets in ``rows`` get those rows at their end."""

    def __init__(self, file: object, moment: datetime, rows: Mapping[str, Iterable[str]]) -> None:
        super().__init__(file, "w", ZIP_DEFLATED)  # type: ignore[call-overload]
        self._moment = moment.timetuple()[:6]
        self._rows = rows

    def _info(self, name: str) -> ZipInfo:
        info = ZipInfo(name, self._moment)
        info.compress_type = ZIP_DEFLATED
        return info

    def writestr(self, name: str, data: str | bytes) -> None:  # type: ignore[override]
        super().writestr(self._info(name), data)

    def write(self, path: str, name: str) -> None:  # type: ignore[override]
        """Called by openpyxl for each sheet with the file it has made of it."""
        above, end, below = Path(path).read_bytes().partition(_ROWS_END)
        if not end:
            raise ValueError(f"{name}: openpyxl made a sheet without rows")
        with self.open(self._info(name), "w", force_zip64=True) as member:
            member.write(above)
            for row in self._rows.get(name, ()):
                member.write(row.encode())
            member.write(end + below)
