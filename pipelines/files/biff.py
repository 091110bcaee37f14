"""The records of an .xls (MS-XLS 2.3): how they follow one another, and what the fast reader does not tell of them."""

import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.files.workbook_xml import SheetFacts, WorkbookFacts

BOF, EOF, BOUNDSHEET, CODEPAGE, FORMULA, STRING, CONTINUE = 0x0809, 0x000A, 0x0085, 0x0042, 0x0006, 0x0207, 0x003C
OLD_FORMULAS = (0x0206, 0x0406)  # of Excel 3 and 4; some programs still write them
HEAD = struct.Struct("<HH")
BIFF8, UTF16 = 0x0600, 1200
_DATEMODE, _FILEPASS = 0x0022, 0x002F
_ROW, _COLINFO, _BOOLERR, _NUMBER, _BLANK, _NOTE = 0x0208, 0x007D, 0x0205, 0x0203, 0x0201, 0x001C
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 0x01
_OF_FORMULA = (0x04BC, 0x0221, 0x0236)  # may stand between a formula and its text
_TEXT, _EMPTY_TEXT, _ERROR = 0, 3, 2  # kinds of a formula's value
_PTG_STR = 0x17
_EMPTY_IN_IT = bytes((_PTG_STR, 0))  # "" in a formula, whose value may well be empty then
_LEAST = -1e11  # as a day it is before what the reader can count to, and the reader falls
_CELLS = frozenset((_NUMBER, FORMULA, _BOOLERR, 0x0204, 0x00D6, 0x027E, 0x00FD, 0x00BD))
_DIMENSIONS, _COLUMNS = 0x0200, 256
# Most of a sheet, looked over in one search: texts, numbers that the reader can take, blanks, rows that are not hidden.
_PLAIN = re.compile(
    rb"(?:\xfd\x00\x0a\x00...\x00.{6}|\x7e\x02\x0a\x00...\x00.{6}|\x01\x02\x06\x00.{6}|\x03\x02\x0e\x00...\x00.{9}[\x00-\x7e\x80-\xc1]"
    rb"|\x08\x02\x10\x00.{12}[^\x20-\x3f\x60-\x7f\xa0-\xbf\xe0-\xff].{3})*+",
    re.DOTALL,
)


@dataclass(slots=True)
class Contents:
    """What the beginning of a workbook tells. ``sheets``: (place of the record that names it, where the sheet begins); ``code_page_at``: where
    the code page stands, and ``odd``: whether records are there that the reader passes over."""

    version: int = 0
    code_page: int | None = None
    code_page_at: int = 0
    odd: bool = False
    encrypted: bool = False
    from_1904: bool = False
    sheets: list[tuple[int, int]] = field(default_factory=list)


def contents(data: bytes) -> Contents:
    """Raises struct.error, IndexError and ValueError on noise."""
    first, _, version = struct.unpack_from("<HHH", data)
    if first != BOF:
        raise ValueError("no workbook begins there")
    found = Contents(version)
    for kind, at, _ in records(data, 0):
        if kind == CODEPAGE:
            found.code_page, found.code_page_at = struct.unpack_from("<H", data, at)[0], at
        elif kind == _DATEMODE:
            found.from_1904 = bool(struct.unpack_from("<H", data, at)[0])
        elif kind == BOUNDSHEET:
            found.sheets.append((at, struct.unpack_from("<I", data, at)[0]))
        elif kind == _FILEPASS:  # what follows is noise
            found.encrypted = True
            break
    return found


def records(data: bytes | bytearray, start: int) -> Iterator[tuple[int, int, int]]:
    """(kind, place of the content, its length) up to the end of the substream that begins at ``start``, but for the records of a
    sheet of which there is nothing to tell."""
    place, depth = start, 0  # a chart in the sheet is a substream within
    while place + 4 <= len(data):
        kind, length = HEAD.unpack_from(data, place)
        depth += (kind == BOF) - (kind == EOF)
        if not depth:
            return
        yield kind, place + 4, length
        place = _PLAIN.match(data, place + 4 + length).end()  # type: ignore[union-attr]  # it matches nothing at all, too


def facts_of(data: bytearray, of: Contents) -> WorkbookFacts:
    """Hidden rows and columns, error cells, formulas without a value and the date system of each sheet. What the reader would fall over is taken
    out of ``data``: numbers that are none, and the size that the sheet says it has, for which it would take memory beforehand. ``of.odd`` is
    set. Raises struct.error, IndexError and ValueError on noise, a cell in a column that there is not among it."""
    facts = WorkbookFacts(from_1904=of.from_1904)
    for at, start in of.sheets:
        if struct.unpack_from("<H", data, start)[0] != BOF:
            raise ValueError("no sheet begins there")
        length, wide = struct.unpack_from("<BB", data, at + 6)
        name = data[at + 8 : at + 8 + length * (1 + (wide & 1))].decode("utf-16-le" if wide & 1 else "latin-1", errors="replace")
        facts.sheets[name.replace("\0", "")] = _sheet(data, start, of)
    return facts


def _sheet(data: bytearray, start: int, of: Contents) -> SheetFacts:
    facts = SheetFacts()
    before = 0
    waiting: int | None = None  # place of a formula whose text must follow
    empty, computed = [], False  # places of formulas whose value is told to be empty; has any a value?
    for kind, at, length in records(data, start):
        of.odd = of.odd or kind in OLD_FORMULAS or (kind == CONTINUE and before == STRING)
        before = kind
        if waiting is not None and kind not in _OF_FORMULA:
            if kind != STRING:
                _without_text(data, waiting, facts)
            waiting = None
        if kind in _CELLS and length >= 4 and data[at + 3]:
            raise ValueError(f"a cell in column {_COLUMNS} or beyond")
        if kind == _DIMENSIONS:
            struct.pack_into("<H", data, at - 4, _BLANK)
        elif kind == _ROW and length >= 14:
            facts.hidden_rows += bool(data[at + 12] & _ROW_HIDDEN)
        elif kind == _COLINFO and length >= 10:
            facts.hidden_columns += bool(data[at + 8] & _COLUMN_HIDDEN)
        elif kind == _NUMBER and length >= 14:
            if _no_number(data, at + 6):
                struct.pack_into("<H", data, at - 4, _BLANK)
                facts.errors.append(_address(data, at))
        elif kind == _BOOLERR and length >= 8 and data[at + 7]:
            facts.errors.append(_address(data, at))
        elif kind == _NOTE and length >= 4:
            facts.comments.append(_address(data, at))
        elif kind == FORMULA and length >= 20:
            special = data[at + 12 : at + 14] == b"\xff\xff"
            computed = computed or not special or data[at + 6] != _EMPTY_TEXT
            if special and data[at + 6] == _TEXT:
                waiting = at
            elif special and data[at + 6] == _EMPTY_TEXT:
                empty.append((at, length))
            elif (special and data[at + 6] == _ERROR) or (not special and _no_number(data, at + 6)):
                facts.errors.append(_address(data, at))
                if not special:
                    data[at + 6 : at + 14] = bytes((_EMPTY_TEXT, 0, 0, 0, 0, 0, 0xFF, 0xFF))
    if waiting is not None:
        _without_text(data, waiting, facts)
    for at, length in empty:
        # Programs that compute nothing say of all formulas that they are empty; Excel says it of some, and never of a text.
        if not _is_text_alone(data, at, facts) and not computed and _EMPTY_IN_IT not in data[at + 22 : at + length]:
            _has_no_value(data, at, facts)
    return facts


def _address(data: bytearray, at: int) -> tuple[int, int]:
    row, column = struct.unpack_from("<HH", data, at)
    return row + 1, column


def _no_number(data: bytearray, at: int) -> bool:
    (value,) = struct.unpack_from("<d", data, at)
    return not math.isfinite(value) or value < _LEAST


def _without_text(data: bytearray, at: int, facts: SheetFacts) -> None:
    """A formula whose value is a text that is not there."""
    if not _is_text_alone(data, at, facts):
        _has_no_value(data, at, facts)


def _is_text_alone(data: bytearray, at: int, facts: SheetFacts) -> bool:
    """Is the formula but a text itself (MS-XLS 2.5.198.89)? Then that is noted as its value."""
    size, token, length, wide = struct.unpack_from("<HBBB", data[at + 20 : at + 25].ljust(5, b"\0"))
    text = data[at + 25 : at + 25 + length * (1 + (wide & 1))]
    if token != _PTG_STR or size != 3 + len(text) or not text:
        return False
    facts.constants[_address(data, at)] = text.decode("utf-16-le" if wide & 1 else "latin-1", errors="replace")
    return True


def _has_no_value(data: bytearray, at: int, facts: SheetFacts) -> None:
    facts.without_value += 1
    facts.uncomputed.append(_address(data, at))
