"""What the fast reader does not tell of an .xls: its records (MS-XLS 2.3), looked through once."""

import io
import struct
from collections.abc import Iterator

import olefile

from pipelines.files.workbook_xml import SheetFacts, WorkbookFacts

_BOF, _EOF, _BOUNDSHEET, _DATEMODE = 0x0809, 0x000A, 0x0085, 0x0022
_ROW, _COLINFO, _BOOLERR, _FORMULA = 0x0208, 0x007D, 0x0205, 0x0006
_HEAD = struct.Struct("<HH")
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 0x01


def look_into_xls(content: bytes) -> WorkbookFacts:
    """Hidden rows and columns, error cells and the date system of each sheet; nothing of a file that does not hold to
    the standard, whose reading is left to the reader."""
    facts = WorkbookFacts()
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            stream = next(name for name in ("Workbook", "Book") if ole.exists(name))
            data = ole.openstream(stream).read()
        starts = {}
        for kind, at, _ in _records(data, 0):
            if kind == _BOUNDSHEET:
                start, length, wide = struct.unpack_from("<I2xBB", data, at)
                size = length * (1 + (wide & 1))
                starts[data[at + 8 : at + 8 + size].decode("utf-16-le" if wide & 1 else "latin-1")] = start
            elif kind == _DATEMODE:
                facts.from_1904 = bool(struct.unpack_from("<H", data, at)[0])
        facts.sheets |= {name: _sheet(data, start) for name, start in starts.items()}
    except (OSError, StopIteration, ValueError, IndexError, struct.error):  # what it raises on noise
        return WorkbookFacts()
    return facts


def _records(data: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """(kind, place of the content, its length) up to the end of the substream that begins at ``start``."""
    place, depth = start, 0  # a chart in the sheet is a substream within
    while place + 4 <= len(data):
        kind, length = _HEAD.unpack_from(data, place)
        depth += (kind == _BOF) - (kind == _EOF)
        if not depth:
            return
        yield kind, place + 4, length
        place += 4 + length


def _sheet(data: bytes, start: int) -> SheetFacts:
    facts = SheetFacts()
    for kind, at, length in _records(data, start):
        if kind == _ROW and length >= 14:
            facts.hidden_rows += bool(data[at + 12] & _ROW_HIDDEN)
        elif kind == _COLINFO and length >= 10:
            facts.hidden_columns += bool(data[at + 8] & _COLUMN_HIDDEN)
        elif (kind == _BOOLERR and length >= 8 and data[at + 7]) or (
            kind == _FORMULA and length >= 14 and data[at + 6] == 2 and data[at + 12 : at + 14] == b"\xff\xff"
        ):
            row, column = struct.unpack_from("<HH", data, at)
            facts.errors.append((row + 1, column))
    return facts
