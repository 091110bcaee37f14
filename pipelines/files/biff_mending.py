"""The workbook of an .xls written anew where the fast reader would misread it: Excel 5.0/95, whose texts are in the code page of the machine it
was made on, formulas as records of older kinds, texts of formulas that go on in a further record. What comes out is BIFF8."""

import struct
from collections.abc import Callable, Iterator
from functools import partial

from pipelines.files.biff import BIFF8, BOF, BOUNDSHEET, CODEPAGE, CONTINUE, FORMULA, HEAD, OLD_FORMULAS, STRING, UTF16

_LABEL, _RICH_LABEL, _FORMAT, _NAME, _EXTERNSHEET = 0x0204, 0x00D6, 0x041E, 0x0018, 0x0017
_LONGEST = 32_766  # characters: a record has room for no more, and a cell has one more
# Programs write Windows-1252 whatever the text is in; an export's text is Chinese or ASCII.
_CHINESE = "gb18030"
_CODE_PAGES = {None: _CHINESE, 936: _CHINESE, 1252: _CHINESE, 10_008: _CHINESE, 32_769: _CHINESE, UTF16: _CHINESE}


def mended(data: bytes, version: int, code_page: int | None) -> bytes:
    """The workbook's records once more. Raises struct.error, LookupError and ValueError on noise."""
    writers = _writers(version, code_page)
    out = bytearray()
    moved: dict[int, int] = {}  # where substreams begin
    sheets: list[tuple[int, int]] = []  # (place in ``out`` of where a sheet begins, where it began)
    for place, kind, body in _whole_records(data, joined=STRING if version >= BIFF8 else None):
        if kind == BOF:
            moved[place] = len(out)
        elif kind == BOUNDSHEET:
            sheets.append((len(out) + HEAD.size, struct.unpack_from("<I", body)[0]))
        out += writers[kind](body) if kind in writers else _record(kind, body)
    for at, start in sheets:
        struct.pack_into("<I", out, at, moved[start])
    return bytes(out)


def _whole_records(data: bytes, joined: int | None) -> Iterator[tuple[int, int, bytes]]:
    """(place, kind, content); a text of the kind ``joined`` with what continues it."""
    place = 0
    while place + HEAD.size <= len(data):
        first, (kind, length) = place, HEAD.unpack_from(data, place)
        parts = [data[place + 4 : place + 4 + length]]
        place += HEAD.size + length
        while kind == joined and place + HEAD.size <= len(data) and HEAD.unpack_from(data, place)[0] == CONTINUE:
            length = HEAD.unpack_from(data, place)[1]
            parts.append(data[place + 4 : place + 4 + length])
            place += HEAD.size + length
        yield first, kind, parts[0] if len(parts) == 1 else _joined(parts)


def _joined(parts: list[bytes]) -> bytes:
    """A text (MS-XLS 2.5.294) of several records; each but the first begins with how wide its characters are."""
    pieces = [parts[0][2:], *parts[1:]]
    text = "".join(p[1:].decode("utf-16-le" if p[:1] and p[0] & 1 else "latin-1", errors="replace") for p in pieces)
    return _unicode(text, "<H")


def _writers(version: int, code_page: int | None) -> dict[int, Callable[[bytes], bytes]]:
    """How a kind of record is written that does not stay as it is."""
    writers: dict[int, Callable[[bytes], bytes]] = dict.fromkeys(OLD_FORMULAS, _formula)
    writers[CODEPAGE] = lambda _: _record(CODEPAGE, struct.pack("<H", UTF16))
    if version >= BIFF8:
        return writers
    codec = _CODE_PAGES.get(code_page) or f"cp{code_page}"
    text = partial(_text, codec=codec)
    return writers | {
        BOF: lambda body: _record(BOF, struct.pack("<H", BIFF8) + body[2:]),
        BOUNDSHEET: lambda body: _record(BOUNDSHEET, body[:6] + _unicode(text(body[6:], "<B"), "<B")),
        _FORMAT: lambda body: _record(_FORMAT, body[:2] + _unicode(text(body[2:], "<B"), "<H")),
        _LABEL: lambda body: _record(_LABEL, body[:6] + _unicode(text(body[6:], "<H"), "<H")),
        _RICH_LABEL: lambda body: _record(_LABEL, body[:6] + _unicode(text(body[6:], "<H"), "<H")),
        STRING: lambda body: _record(STRING, _unicode(text(body, "<H"), "<H")),
        FORMULA: _formula,
        _NAME: lambda _: b"",
        _EXTERNSHEET: lambda _: b"",
    }


def _text(body: bytes, size: str, codec: str) -> str:
    (length,) = struct.unpack_from(size, body)
    start = struct.calcsize(size)
    return body[start : start + length].decode(codec, errors="replace")


def _unicode(text: str, size: str) -> bytes:
    """The text with its length before it, and that its characters are wide."""
    most = 255 if size == "<B" else _LONGEST
    wide = text.encode("utf-16-le", errors="replace")[: 2 * most]
    return struct.pack(size, len(wide) // 2) + b"\1" + wide


def _formula(body: bytes) -> bytes:
    """The value of the formula; its tokens, which are of another kind in each version, are left out."""
    return _record(FORMULA, body[:14].ljust(22, b"\0"))


def _record(kind: int, body: bytes) -> bytes:
    return HEAD.pack(kind, len(body)) + body
