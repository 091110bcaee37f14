"""The code of a row that is to be answered: hidden at both ends of the row and among the answer cells, it ties an answer to its row.

A code is the first of the row's numbers (its case, say) and a digest of what tells the row from all others. Where somebody sorts some of the
columns, types over a name or a number, or pastes another row's cells, the row's codes or its content no longer agree, and the answer
is refused instead of going to another child. It is a check against mistakes and no signature.
"""

import base64
import hashlib
from collections.abc import Sequence

import pyarrow as pa

from reports.book import SheetOfRows
from reports.listings import ROW_CODES

_DIGEST_BYTES = 5  # 8 characters of base 32: by accident two rows agree once in 10^12


def row_code(values: Sequence[object]) -> str:
    """The code of a row with these values, the first of them its number; blanks and None are the same."""
    plain = [_plain(value) for value in values]
    digest = hashlib.blake2b("\x1f".join(plain).encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
    return f"{plain[0][:20]}-{base64.b32encode(digest).decode()}"


def _plain(value: object) -> str:
    """A value whatever a spreadsheet did to its blanks and to the mark that keeps it a text."""
    return "" if value is None else "".join(str(value).split()).replace("'", "").upper()


def with_row_codes(sheet: SheetOfRows, frame: pa.Table) -> pa.Table:
    """``frame`` with the columns ``ROW_CODES`` of each row, where ``sheet`` is one to be answered."""
    if not sheet.identified_by:
        return frame
    values = zip(*(frame[key].to_pylist() for key in sheet.identified_by), strict=True)
    codes = pa.array([row_code(row) for row in values], pa.string())
    for key in ROW_CODES:
        frame = frame.append_column(key, codes)
    return frame


def same_code(written: str | None, code: str) -> bool:
    """Is what stands in a returned cell the code?"""
    return _plain(written) == code
