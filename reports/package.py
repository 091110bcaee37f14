"""The workbook as a file: openpyxl's package with every time stamp the same."""

import os
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter


def save(book: Workbook, path: Path, as_of: date) -> None:
    """Write ``book`` to ``path``.

    The file appears whole or not at all, is readable by its owner alone and has the same bytes for the same content.
    """
    moment = datetime.combine(as_of, time())
    book.properties.creator = "bidui"
    book.properties.title = path.stem
    book.properties.created = book.properties.modified = moment
    unfinished = path.with_suffix(".partial")
    for sheet in book.worksheets:
        sheet.close()  # ExcelWriter would do it one by one and leave some open if it fails
    try:
        with (
            open(unfinished, "wb", opener=partial(os.open, mode=0o600)) as file,
            _Package(file, moment) as package,
        ):
            ExcelWriter(book, package).save()  # not book.save(), which stamps the present time
        os.chmod(unfinished, 0o600)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


class _Package(ZipFile):
    """A zip file whose members all carry ``moment``."""

    def __init__(self, file: object, moment: datetime) -> None:
        super().__init__(file, "w", ZIP_DEFLATED)  # type: ignore[call-overload]
        self._moment = moment.timetuple()[:6]

    def writestr(self, name: str, data: str | bytes) -> None:  # type: ignore[override]
        info = ZipInfo(name, self._moment)
        info.compress_type = ZIP_DEFLATED
        super().writestr(info, data)

    def write(self, path: str, name: str) -> None:  # type: ignore[override]
        """Called by openpyxl for each sheet with the file it has made of it."""
        self.writestr(name, Path(path).read_bytes())
