"""The code of a row that is to be answered: hidden at both ends of the row and among the answer cells, it ties an answer to its row.

A code is the first of the row's numbers (its case, say) and a digest of what tells the row from all others. Where somebody sorts some of the
columns, types over a name or a number, or pastes another row's cells, the row's codes or its content no longer agree, and the answer
is refused instead of going to another child. The digest is keyed (BLAKE2b, RFC 7693) with a secret of the data folder: who has the program but
not the folder cannot make a row by hand, such as one of the county's acceptance.
"""

import base64
import hashlib
from collections.abc import Sequence

import pyarrow as pa

from reports.book import SheetOfRows
from reports.listings import ROW_CODES

_DIGEST_BYTES = 5  # 8 characters of base 32: by accident two rows agree once in 10^12


NO_KEY = b""  # of versions before the key, and of workbooks that nobody sends back


def row_code(values: Sequence[object], key: bytes) -> str:
    """The code of a row with these values, the first of them its number; blanks and None are the same. ``key``: the folder's secret, at
    most 64 bytes."""
    plain = [_plain(value) for value in values]
    digest = hashlib.blake2b("\x1f".join(plain).encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES, key=key).digest()
    return f"{plain[0][:20]}-{base64.b32encode(digest).decode()}"


def _plain(value: object) -> str:
    """A value whatever a spreadsheet did to its blanks and to the mark that keeps it a text."""
    return "" if value is None else "".join(str(value).split()).replace("'", "").upper()


def with_row_codes(sheet: SheetOfRows, frame: pa.Table, key: bytes) -> pa.Table:
    """``frame`` with the columns ``ROW_CODES`` of each row, where ``sheet`` is one to be answered. ``key``: as of ``row_code``."""
    if not sheet.identified_by:
        return frame
    values = zip(*(frame[column].to_pylist() for column in sheet.identified_by), strict=True)
    codes = pa.array([row_code(row, key) for row in values], pa.string())
    for column in ROW_CODES:
        frame = frame.append_column(column, codes)
    return frame


def fault_of_codes(written: Sequence[str | None], values: Sequence[object], key: bytes | None) -> str | None:
    """Why the codes of a returned row do not prove that its ``values`` belong together, a code of ``ANSWER_REFUSAL_WORDS``; None where they
    do. ``key``: None where it is not known; then the codes need only agree with each other and with the row's number."""
    if not all(written):
        return "row_code_missing"
    codes = {_plain(code) for code in written}
    if key is None:
        return None if len(codes) == 1 and codes.pop().startswith(f"{_plain(values[0])[:20]}-") else "row_mixed_up"
    if codes == {row_code(values, key)}:
        return None
    return "row_code_old" if codes == {row_code(values, NO_KEY)} else "row_mixed_up"
