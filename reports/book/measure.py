"""Text as a cell can hold it, how wide it is and how many lines it takes, a column at a time.

Not every program works out the height of a row on opening a workbook, so heights are estimated here: from the lengths of all
texts of a column at once; Python looks only at the few distinct texts that hold a line break or what a cell cannot hold.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from reports.book.declare import CellValue, CellValues

LONGEST = 32_767  # characters in a cell

# What XML 1.0 forbids; one such character and Excel calls the whole workbook damaged.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TO_CLEAN = r"[\x00-\x08\x0b-\x1f\x{fffe}\x{ffff}]"  # the same and the carriage return, for Arrow
# Text that begins so would be read as a formula by whatever the cell is pasted into; a line feed is what ``clean`` leaves of a
# carriage return.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\n")
_FORMULA = r"^[=+\-@\t\n]"
_EPOCH = date(1899, 12, 30)  # day 0 of Excel's calendar, as it counts from March 1900


@dataclass(frozen=True, slots=True)
class Measured:
    """A column ready to be written. ``values``: texts, numbers and None, days as numbers; ``quoted``: which rows hold a text that
    begins like a formula, None where no row does; ``lines``: row by row the lines that its text takes, None where all take one."""

    values: Sequence[CellValue]
    quoted: npt.NDArray[np.bool_] | None = None
    lines: npt.NDArray[np.int64] | None = None


def clean(text: str) -> str:
    """``text`` as a cell can hold it: without what XML forbids, cut where Excel would refuse it."""
    if not text.isprintable():
        text = _FORBIDDEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return text[:LONGEST]


def text_width(text: str) -> int:
    """Half-width characters the longest line of ``text`` takes; a Chinese character counts two."""
    if "\n" in text:
        return max(map(text_width, text.split("\n")))
    return (len(text) + len(text.encode())) // 2


def text_lines(text: str, width: int) -> int:
    """Lines that ``text`` takes where ``width`` half-width characters go on one; words and numbers do not break evenly."""
    return sum(1 if (taken := text_width(line)) <= width else -(-11 * taken // (10 * width)) for line in text.split("\n"))


def serial(day: date) -> int:
    """The number by which Excel knows a day."""
    return (day - _EPOCH) // timedelta(days=1)


def widest(values: CellValues) -> int:
    """Half-width characters that the longest text of ``values`` takes; 0 without a text."""
    if (texts := as_texts(values)) is None:
        return max((text_width(clean(value)) for value in set(_python(values)) if isinstance(value, str)), default=0)
    _, distinct = _cleaned(texts)
    broken = pc.match_substring(distinct, "\n")
    straight = pc.max(_widths(distinct.filter(pc.invert(broken)))).as_py() or 0
    return max(straight, *(text_width(text) for text in distinct.filter(broken).to_pylist()), 0)


def measure_column(values: CellValues, width: int) -> Measured:
    """``values`` as they are written into a column of which a line takes ``width`` half-width characters."""
    if isinstance(values, pa.ChunkedArray | pa.Array) and pa.types.is_date(values.type):
        days = values.cast(pa.date32()).cast(pa.int32())
        return Measured(pc.add(days, serial(date(1970, 1, 1))).to_pylist())
    if (texts := as_texts(values)) is not None:
        codes, distinct = _cleaned(texts)
        written: list[CellValue] = [
            text or None for text in distinct.to_pylist()
        ]  # an empty text would be a text cell without its text
        written.append(None)
        lines = _lines(distinct, width)
        quoted = pc.match_substring_regex(distinct, _FORMULA).to_numpy(zero_copy_only=False)
        return Measured(
            [written[code] for code in codes.tolist()],
            np.append(quoted, False)[codes] if quoted.any() else None,
            np.append(lines, 1)[codes] if len(lines) and lines.max() > 1 else None,
        )
    return _measure_mixed(_python(values), width)


def as_texts(values: CellValues) -> pa.ChunkedArray | None:
    """``values`` as Arrow text; None where one of them is no text. What cannot be written as UTF-8 is left out."""
    if isinstance(values, pa.ChunkedArray | pa.Array):
        is_text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type) or pa.types.is_null(values.type)
        return (
            pa.chunked_array([values] if isinstance(values, pa.Array) else values.chunks, values.type).cast(pa.string())
            if is_text
            else None
        )
    if not all(value is None or isinstance(value, str) for value in values):
        return None
    try:
        return pa.chunked_array([pa.array(values, pa.string())])
    except UnicodeEncodeError:
        return pa.chunked_array([pa.array([value and _FORBIDDEN.sub("", str(value)) for value in values], pa.string())])


def _python(values: CellValues) -> Sequence[CellValue]:
    return values.to_pylist() if isinstance(values, pa.ChunkedArray | pa.Array) else values


def _cleaned(texts: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], pa.Array]:
    """(row by row the index of its text, -1 for none; the distinct texts as a cell can hold them)."""
    coded = texts.combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    distinct = coded.dictionary
    codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    dirty = pc.or_(pc.match_substring_regex(distinct, _TO_CLEAN), pc.greater(pc.utf8_length(distinct), LONGEST))
    if pc.any(dirty).as_py():
        distinct = pa.array(map(clean, distinct.to_pylist()), pa.string())
    return codes, distinct


def _widths(texts: pa.Array) -> pa.Array:
    return pc.divide(pc.add(pc.utf8_length(texts), pc.binary_length(texts)), 2)


def _lines(texts: pa.Array, width: int) -> npt.NDArray[np.int64]:
    """``text_lines`` of each of ``texts``."""
    taken = _widths(texts).to_numpy(zero_copy_only=False).astype(np.int64)
    lines = np.where(taken <= width, 1, -(-11 * taken // (10 * width)))
    for index in np.flatnonzero(pc.match_substring(texts, "\n").to_numpy(zero_copy_only=False)).tolist():
        lines[index] = text_lines(texts[index].as_py(), width)
    return lines


def _measure_mixed(values: Iterable[CellValue], width: int) -> Measured:
    """Numbers, days and texts side by side, value by value."""
    written: list[CellValue] = []
    for value in values:
        if isinstance(value, str):
            value = clean(value) or None
        elif isinstance(value, date):
            value = serial(value)
        elif value != value:  # not a number: nothing is known
            value = None
        written.append(value)
    texts = [value if isinstance(value, str) else "" for value in written]
    quoted = np.array([text.startswith(FORMULA_STARTS) for text in texts], bool)
    lines = np.array([text_lines(text, width) for text in texts], np.int64)
    return Measured(written, quoted if quoted.any() else None, lines if len(lines) and lines.max() > 1 else None)
