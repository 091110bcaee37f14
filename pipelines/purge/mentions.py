"""Which files of a data folder say something of a person: every file is opened, whatever it is called."""

import re
import zipfile
from collections.abc import Collection, Iterator
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.files.opening import read_file
from pipelines.files.refusal import FileRefused

_PARQUET, _ZIP, _COMPOUND = b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
_REFERENCE = re.compile(rb"&#(x[0-9A-Fa-f]+|\d+);")
_DEEPEST = 3  # zip files within zip files

Found = tuple[list[Path], list[Path]]


def files_with(root: Path, marks: Collection[str]) -> Found:
    """(files under ``root`` in which one of the ``marks`` stands, files that cannot be looked into: encrypted, or not to be read), sorted.
    Links are not followed."""
    within, closed = [], []
    for path in sorted(_files(root)):
        try:
            content = read_file(path)
            found = marks and mentions(content, marks)
        except (OSError, FileRefused):
            found = None
        if found:
            within.append(path)
        elif found is None:
            closed.append(path)
    return within, closed


def mentions(content: bytes, marks: Collection[str], depth: int = 0) -> bool | None:
    """Does one of the ``marks`` stand in the file ``content``? None where it cannot be told, because the file is encrypted."""
    if content.startswith(_PARQUET):
        return _in_table(content, marks) or _in_bytes(content, marks)
    if content.startswith(_ZIP) and depth < _DEEPEST:
        try:
            return _in_zip(content, marks, depth)
        except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError):
            return _in_bytes(content, marks)
    if content.startswith(_COMPOUND) and _ENCRYPTED in content:
        return None
    return _in_bytes(content, marks)


def _in_zip(content: bytes, marks: Collection[str], depth: int) -> bool | None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = archive.infolist()
        if any(member.flag_bits & 1 for member in members):
            return None
        inside = [mentions(archive.read(member), marks, depth + 1) for member in members]
    return True if any(inside) else None if None in inside else False


def _in_table(content: bytes, marks: Collection[str]) -> bool:
    try:
        table = pq.read_table(pa.BufferReader(content))
    except (pa.ArrowException, OSError):
        return False
    texts = [column for column in table.columns if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)]
    return any(pc.any(pc.match_substring(column, mark)).as_py() for column in texts for mark in marks)


def without_references(content: bytes) -> bytes:
    """The XML with the characters that are written by their number, as openpyxl writes Chinese, in UTF-8; marks of XML itself stay as they are."""
    return _REFERENCE.sub(_character, content) if b"&#" in content else content


def _character(found: re.Match[bytes]) -> bytes:
    number = found[1].decode()
    point = int(number[1:], 16) if number.startswith("x") else int(number)
    return chr(point).encode("utf-8", "replace") if 0x7F < point < 0x110000 else found[0]


def _in_bytes(content: bytes, marks: Collection[str]) -> bool:
    content = without_references(content)
    return any(mark.encode(encoding) in content for mark in marks for encoding in _ENCODINGS)


def _files(root: Path) -> Iterator[Path]:
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path
