"""Cells of an .xlsx or .ods that the fast reader falls over or misreads: numbers that are none (INF, NaN, 1,5), days before its calendar begins, errors that
are newer than it. One of them would cost the whole file."""

import math
import re
import zipfile
from io import BytesIO

SHEETS, ODS = "xl/worksheets/", "content.xml"
# In RE2: what begins none of the values that most cells have, an index or a plain number.
ODD_VALUE = r"<v(?: [^/]|>(?:[^0-9]|[0-9]+\.?[0-9]*[^0-9.<]))"
_CELL = re.compile(
    rb"<(?P<tag>(?:\w+:)?c)(?P<attributes>\s[^>]*)?>(?P<before>\s*(?:<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?v(?:\s[^>]*)?>)"
    rb"(?!\d{1,15}(?:\.\d*)?<)(?P<value>[^<]+)(?=<)"
)
_KIND = re.compile(rb"""\s+t\s*=\s*["'](\w*)["']""")
_VALUE_OF_ODS = re.compile(rb"""(?<=[\s"'])(\w+:value\s*=\s*)(?:"([^"<]*)"|'([^'<]*)')""")
_NUMBER = re.compile(rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_LEAST = -1e11  # as a day it is before what the reader can count to
_ERRORS = (b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!")


def has_odd_cells(piece: bytes) -> bool:
    """Does a piece of a sheet's XML hold such a cell?"""
    return any(_mended(cell) != cell[0] for cell in _CELL.finditer(piece))


def without_odd_cells(content: bytes) -> bytes:
    """The .xlsx with these cells as the text that they hold, newer errors as #VALUE!; the .ods with them empty. Raises what reading a damaged
    archive raises."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as copy:
        for part in archive.infolist():
            body = archive.read(part)
            is_sheet = part.filename.startswith(SHEETS) and part.filename.endswith(".xml")
            if is_sheet:
                body = _CELL.sub(_mended, body)
            elif part.filename == ODS:
                body = _VALUE_OF_ODS.sub(
                    lambda value: value[0] if is_number(value[2] or value[3] or b"") else value[1] + b'"NaN"', body
                )
            copy.writestr(part.filename, body)
    return out.getvalue()


def _mended(cell: re.Match[bytes]) -> bytes:
    attributes, value = cell["attributes"] or b"", cell["value"].strip()
    kind = found[1] if (found := _KIND.search(attributes)) else b"n"
    if kind == b"e" and value not in _ERRORS:
        value = b"#VALUE!"
    elif kind == b"n" and not is_number(value):
        attributes = _KIND.sub(b"", attributes) + b' t="str"'
    elif kind != b"n":
        return cell[0]
    return b"<%b%b>%b%b" % (cell["tag"], attributes, cell["before"], value)


def is_number(value: bytes) -> bool:
    """Is it a number that the reader can take?"""
    return _NUMBER.fullmatch(value) is not None and _LEAST < float(value) < math.inf
