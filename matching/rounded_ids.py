"""IDs and numbers of certificates that a program held as a number (docs/formats.md 3.3): which of a column's are rounded, and what is sure.

A double keeps 53 bits, so that numbers of eighteen digits are rounded to multiples of 64; JavaScript writes the shortest number that
is read as the same double, which ends in one zero or two. One number in forty looks so by chance: only the column can tell.
"""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.arrays import Flags, Ints

_SEVERAL = 3  # rounded numbers whose check digit does not fit, from which on the column may be damaged
_STEP = 64  # distance of neighbouring doubles at eighteen digits
_STEP_OF_CERTIFICATES = 8192  # at twenty digits
_DIGITS, _DIGITS_OF_CERTIFICATES = "^[0-9]{18}$", "^[0-9]{20}$"
_MOST_SURE = 16  # digits
_CUT = "00000"
_OF_A_DAY = 10_000  # numbers of one division and birthdate


def rounded_rows(numbers: pa.Array, fit: Flags) -> Flags:
    """Per row: is the number rounded, in a column that is damaged so? ``numbers``: of eighteen digits, null for what is to be left alone; ``fit``:
    does the check digit fit?

    The column is damaged if at least three of the numbers that do not fit look rounded, they are at least half of those that do
    not fit (else they are typing errors), and no fewer than the ones that look rounded and fit (in a whole column these are more).
    """
    out = np.zeros(len(fit), dtype=bool)
    wrong = numbers.filter(pa.array(~fit)).drop_null().unique()
    distinct = _looks_rounded(_integers(wrong.filter(pc.match_substring_regex(wrong, _DIGITS))))
    found = int(distinct.sum())
    if found < _SEVERAL or 2 * found < len(distinct):
        return out
    digits = pc.match_substring_regex(numbers, _DIGITS).fill_null(False).to_numpy(zero_copy_only=False)
    out[digits] = _looks_rounded(_integers(numbers.filter(pa.array(digits))))
    by_chance = numbers.filter(pa.array(out & fit)).unique()
    return out if found >= len(by_chance) else np.zeros(len(fit), dtype=bool)


def sure_digits(numbers: pa.Array) -> pa.Array:
    """The leading digits that all numbers have which may have been rounded to these: sixteen or fifteen, seldom fewer. Sequences from 996 on are
    nobody's, so that a number that was rounded down to the day before is in doubt, but none that was rounded up."""
    whole = _integers(numbers)
    middle, day = whole.astype(np.float64).astype(np.int64), whole // _OF_A_DAY * _OF_A_DAY
    low, high = np.maximum(middle - _STEP // 2, day), middle + _STEP // 2
    out = pa.nulls(len(numbers), pa.string())
    for length in range(6, _MOST_SURE + 1):
        unit = 10 ** (18 - length)
        out = pc.if_else(pa.array(low // unit == high // unit), pc.utf8_slice_codeunits(numbers, 0, length), out)
    return out


def rounded_certificates(texts: pa.Array, fit: Flags) -> pa.Array:
    """Per text its sure leading digits where it is the number of a certificate, of twenty digits, that was rounded; else null. ``fit``: does the
    check digit of its ID fit? Of whole numbers one in a thousand looks rounded, so that each shows it alone; one whose check digit
    fits by chance is told by the others of the column."""
    out = pa.nulls(len(texts), pa.string())
    digits = pc.match_substring_regex(texts, _DIGITS_OF_CERTIFICATES).fill_null(False)
    if not pc.any(pc.and_(digits, pa.array(~fit))).as_py():
        return out
    coded = pc.if_else(digits, texts, pa.scalar(None, texts.type)).dictionary_encode()
    sure = pa.array([_sure_of_certificate(text) for text in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)
    wrong = coded.indices.filter(pc.and_(sure.is_valid(), pa.array(~fit))).unique()
    return sure if len(wrong) >= _SEVERAL else pc.if_else(pa.array(~fit), sure, out)


def _sure_of_certificate(text: str) -> str | None:
    """None where the number is not rounded, or cut as a spreadsheet cuts it."""
    value = float(text)
    if text.endswith(_CUT):
        return None
    own = int(value)
    if int(text) not in (own, int(Decimal(repr(value)))):
        return None
    low, high = str(own - _STEP_OF_CERTIFICATES // 2), str(own + _STEP_OF_CERTIFICATES // 2)
    same = next((place for place in range(_MOST_SURE) if low[place] != high[place]), _MOST_SURE)
    return low[:same]


def _integers(numbers: pa.Array) -> Ints:
    return np.asarray(numbers.cast(pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)


def _looks_rounded(numbers: Ints) -> Flags:
    """Per number: is it a double's own value, or the shortest number that is read as the same double?"""
    doubles = numbers.astype(np.float64)
    own = doubles.astype(np.int64)
    by_100, by_10 = ((own + unit // 2) // unit * unit for unit in (100, 10))
    shortest = np.where(by_100.astype(np.float64) == doubles, by_100, by_10)
    return np.asarray((numbers == own) | (numbers == shortest))
