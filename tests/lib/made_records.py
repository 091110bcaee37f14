"""Old .xls files written record by record (MS-XLS 2.3), as no program at hand writes them. All persons are made up (虚构)."""

import hashlib
import io
import struct
from collections.abc import Sequence

from msoffcrypto.method.rc4 import DocumentRC4

from pipelines.files.compound import compound_file, streams
from tests.lib.made_sheets import Row, grid

_BOF, _EOF, _SHEET, _CODE_PAGE, _FORMAT, _XF, _LABEL, _NUMBER, _FORMULA, _STRING, _CONTINUE = (
    0x0809, 0x000A, 0x0085, 0x0042, 0x041E, 0x00E0, 0x0204, 0x0203, 0x0006, 0x0207, 0x003C,
)  # fmt: skip
DAY, RED = 0, 1  # formats of cells: a date, numbers that are red below zero
Record = tuple[int, bytes]
TWO = [["姓名", "人数"], ["韦家乐", 3]]  # rows of a small sheet


def old_xls(rows: Sequence[Row], *more: Record, version: int = 0x0500, code_page: int = 936, name: str = "学生") -> bytes:
    """Rows of texts and numbers, in the code page's bytes for version 0x0500, else in UTF-16; ``more``: records behind them."""
    cells = [_cell(i, j, value, version) for i, row in enumerate(rows) for j, value in enumerate(row) if value is not None]
    text = _text(name, "<B", version)
    bof = lambda kind: (_BOF, struct.pack("<HHHH", version, kind, 0, 0).ljust(16, b"\0"))  # noqa: E731
    size = "<B" if version == 0x0500 else "<H"
    formats = [
        (_FORMAT, struct.pack("<H", 164 + i) + _text(code, size, version)) for i, code in enumerate(("yyyy-mm-dd", "[Red]0"))
    ]
    styles = [(_XF, struct.pack("<HH", 0, 164 + i).ljust(20, b"\0")) for i in (DAY, RED)]
    head = [bof(5), (_CODE_PAGE, struct.pack("<H", code_page)), *formats, *styles]
    start = len(_stream(head)) + 4 + 6 + len(text) + 4
    sheet = (_SHEET, struct.pack("<IH", start, 0) + text)
    return compound_file(_stream([*head, sheet, (_EOF, b""), bof(0x10), *cells, *more, (_EOF, b"")]))


def number(row: int, column: int, value: float, style: int = RED) -> Record:
    """A number in a cell of that format."""
    return _NUMBER, struct.pack("<HHHd", row, column, style, value)


def formula(
    row: int, column: int, value: bytes = b"\0\0\0\0\0\0\xff\xff", tokens: bytes = b"\x1e\1\0", kind: int = _FORMULA
) -> Record:
    """``value``: that a text follows, if nothing else is given."""
    return kind, struct.pack("<HHH8sHIH", row, column, RED, value, 0, 0, len(tokens)) + tokens


def text_of_formula(text: str, first: int) -> list[Record]:
    """A text of which ``first`` characters are in its record and the others in the next one."""
    begun, rest = (part.encode("utf-16-le") for part in (text[:first], text[first:]))
    return [(_STRING, struct.pack("<HB", len(text), 1) + begun), *([(_CONTINUE, b"\1" + rest)] if rest else [])]


def _cell(row: int, column: int, value: object, version: int) -> Record:
    if isinstance(value, float | int):
        return number(row, column, value)
    return _LABEL, struct.pack("<HHH", row, column, RED) + _text(str(value), "<H", version)


def _text(text: str, size: str, version: int) -> bytes:
    if version == 0x0500:
        return struct.pack(size, len(text.encode("gbk"))) + text.encode("gbk")
    return struct.pack(size, len(text)) + b"\1" + text.encode("utf-16-le")


def _stream(records: Sequence[Record]) -> bytes:
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)


def encrypted_xls(password: str = "secret") -> bytes:
    """The two pupils in an .xls under RC4 (MS-OFFCRYPTO 2.3.6)."""
    salt, verifier = bytes(range(16)), bytes(range(16, 32))
    proof = _rc4(password, salt, verifier + hashlib.md5(verifier).digest())
    stream = streams(old_xls(grid(), version=0x0600))["Workbook"]
    lock = _stream([(0x002F, struct.pack("<HHH", 1, 1, 1) + salt + proof)])
    clear, secret, place = bytearray(), bytearray(), 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        length = min(length, len(stream) - place - 4)
        body = stream[place + 4 : place + 4 + length]
        if kind == _SHEET:
            body = struct.pack("<I", struct.unpack_from("<I", body)[0] + len(lock)) + body[4:]
        open_ = {_BOF: length, _SHEET: 4}.get(kind, 0)
        clear += stream[place : place + 4] + body
        secret += bytes(4 + open_) + b"\1" * (length - open_)
        if not place:  # behind the first record
            clear += lock
            secret += bytes(len(lock))
        place += 4 + length
    hidden = _rc4(password, salt, bytes(clear))
    return compound_file(bytes(h if s else c for c, h, s in zip(clear, hidden, secret, strict=True)))


def _rc4(password: str, salt: bytes, text: bytes) -> bytes:
    return DocumentRC4.decrypt(password, salt, io.BytesIO(text), blocksize=1024).read()
