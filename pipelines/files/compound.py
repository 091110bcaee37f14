"""Compound files (MS-CFB), the container of an .xls: its workbook taken out, and a workbook that was mended put into a new one."""

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import olefile

_SECTOR, _SHORTEST = 4096, 4096  # bytes; what is shorter than 4,096 would have to lie in a stream of its own kind
_FREE, _END, _OF_TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_MOST_TABLES = 109  # sectors of the table that the header has room for: 446 MB
_WITH_CONTENT = (olefile.STGTY_STREAM, olefile.STGTY_ROOT)
_NAMES = ("Workbook", "Book", "WORKBOOK", "BOOK")
_OF_NOISE = (
    ValueError,
    OverflowError,
    LookupError,
    RecursionError,
    MemoryError,
    struct.error,
)  # what olefile raises beside OSError


def streams(content: bytes) -> dict[str, bytes]:
    """The streams of the file by name, those alone that say what it is, with the workbook's content as 'Workbook'. Raises OSError where it is
    no compound file, or a damaged one."""
    check_streams(content)
    with _open(content) as ole:
        found = {path[0]: b"" for path in ole.listdir()}
        for name in _NAMES:
            if ole.exists(name):
                return {**found, "Workbook": ole.openstream(name).read()}
        return found


def check_streams(content: bytes) -> None:
    """Raises OSError where the content is no compound file, or a stream says that it is longer than the file: if its sectors lead in a circle,
    whoever reads it takes memory until there is none left."""
    with _open(content) as ole:
        if any(entry and entry.entry_type in _WITH_CONTENT and entry.size > len(content) for entry in ole.direntries):
            raise OSError("a stream longer than the file")


@contextmanager
def _open(content: bytes) -> Iterator[olefile.OleFileIO]:
    """What olefile says of a damaged file, in a header that tells of sectors of 2 to the power of 65,535 bytes, is an OSError."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            yield ole
    except _OF_NOISE as error:
        raise OSError(f"a damaged compound file: {type(error).__name__}") from None


def compound_file(workbook: bytes) -> bytes:
    """A compound file around the stream of a workbook. Raises ValueError where it is too long."""
    workbook = workbook.ljust(_SHORTEST, b"\0")
    sectors = -(-len(workbook) // _SECTOR)
    each = _SECTOR // 4
    tables = next(n for n in range(1, sectors + 2) if n * each >= n + 1 + sectors)
    if tables > _MOST_TABLES:
        raise ValueError("too long for one table")
    first = tables + 1  # behind the table and the directory
    table = [_OF_TABLE] * tables + [_END] + [*range(first + 1, first + sectors), _END]
    table += [_FREE] * (tables * each - len(table))
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 4, 0xFFFE, 12, 6, 1, tables, tables, 0, _SHORTEST, _END, 0, _END, 0
    )  # fmt: skip
    head += struct.pack("<109I", *range(tables), *[_FREE] * (_MOST_TABLES - tables))
    directory = _entry("Root Entry", 5, 1, 0, 0) + _entry("Workbook", 2, _FREE, first, len(workbook))
    return b"".join((
        head.ljust(_SECTOR, b"\0"), struct.pack(f"<{len(table)}I", *table), directory.ljust(_SECTOR, b"\0"),
        workbook.ljust(sectors * _SECTOR, b"\0"),
    ))  # fmt: skip


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    return struct.pack("<64sHBBIII16xI16xIQ", text, len(text) + 2, kind, 1, _FREE, _FREE, child, 0, start, size)
