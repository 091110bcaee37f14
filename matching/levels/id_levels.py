"""How two ID numbers agree: one level a pair, from columns of distinct pairs."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from matching.arrays import Codes, all_of, any_of, count_of
from matching.ids import fits

ID_LEVELS = (
    "missing",
    "exact",
    "other_exact",  # the number of one is the older number of the other (a student number keeps it)
    "one_digit",
    "swapped",  # two neighbouring digits
    "lost_digits",  # what a number cell or a cut left agrees
    "near",  # two digits
    "sequence_damaged",  # first fourteen agree, sequence does not, one of the two is invalid
    "same_birth_part",  # first fourteen agree, sequence does not, both valid: a renewed number, or twins
    "of_sibling",  # the names agree, and the number of one is that of another child of the other's household
    "different",  # both valid, or what is left of a cut one has little in common with the other
    "different_invalid",
)
ID_LEVEL = {level: code for code, level in enumerate(ID_LEVELS)}
# The ID has said what the birthdate would say: the birthdate beside it is no evidence of its own. An equal ID may be a
# sibling's that was typed in the child's place; IDs that are merely alike are those of one person or of twins.
BORROWABLE = ("exact",)
LIKE = ("one_digit", "swapped", "lost_digits", "sequence_damaged", "same_birth_part")
OTHER = ("different",)
_LENGTH = 18
_DIVISION_BIRTH = 14  # leading digits: division and birthdate
_SLIPS = 2  # digits
_DOUBLE_STEP = 64  # spacing of doubles at eighteen digits


def compare_ids(left: Sequence[str], right: Sequence[str]) -> Codes:
    """Level codes of two aligned columns of whole numbers, none missing. Eighteen characters are read as GB 11643
    numbers, others as plain keys. 'other_exact' and 'of_sibling', which need more than two numbers, are never given here."""
    out = np.full(len(left), ID_LEVEL["different_invalid"], dtype=np.uint8)
    lengths_l, lengths_r = (np.fromiter(map(len, side), dtype=np.int32, count=len(side)) for side in (left, right))
    citizen = (lengths_l == _LENGTH) & (lengths_r == _LENGTH)
    rows = np.flatnonzero(citizen)
    if len(rows):
        out[rows] = _citizens(_at(left, rows), _at(right, rows))
    rows = np.flatnonzero(~citizen)
    if len(rows):
        out[rows] = _keys(_at(left, rows), _at(right, rows))
    return out


def _citizens(left: list[str], right: list[str]) -> Codes:
    one, other = (_bytes(side) for side in (left, right))
    both_valid = fits(one) & fits(other)
    unequal = one != other
    apart = count_of(unequal)
    out = np.where(both_valid, ID_LEVEL["different"], ID_LEVEL["different_invalid"]).astype(np.uint8)
    sequence = ~any_of(unequal[:, :_DIVISION_BIRTH])
    out[sequence] = np.where(both_valid[sequence], ID_LEVEL["same_birth_part"], ID_LEVEL["sequence_damaged"])
    # The check digit catches every single slip and swap: two valid numbers that differ by one are two persons.
    out[(apart == 2) & ~both_valid] = ID_LEVEL["near"]
    open_ = np.flatnonzero(~both_valid)
    out[open_[_one_rounded(one[open_], other[open_])]] = ID_LEVEL["lost_digits"]
    two = np.flatnonzero((apart == 2) & ~both_valid)
    out[two[_crossed(one[two], other[two])]] = ID_LEVEL["swapped"]
    out[(apart == 1) & ~both_valid] = ID_LEVEL["one_digit"]
    out[apart == 0] = ID_LEVEL["exact"]
    return out


def _crossed(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Of numbers that differ in two places: are these neighbours, each the other's digit?"""
    unequal = one != other
    return any_of(unequal[:, :-1] & unequal[:, 1:] & (one[:, :-1] == other[:, 1:]) & (one[:, 1:] == other[:, :-1]))


def _keys(left: list[str], right: list[str]) -> Codes:
    distance = cpdist(left, right, scorer=OSA.distance, dtype=np.int32)
    long_enough = np.fromiter((min(len(a), len(b)) >= 5 for a, b in zip(left, right, strict=True)), dtype=bool, count=len(left))
    out = np.full(len(left), ID_LEVEL["different_invalid"], dtype=np.uint8)
    out[(distance == 2) & long_enough] = ID_LEVEL["near"]
    out[(distance == 1) & long_enough] = ID_LEVEL["one_digit"]
    same_letters = np.array([len(a) == len(b) and sorted(a) == sorted(b) for a, b in zip(left, right, strict=True)], dtype=bool)
    out[(distance == 1) & long_enough & same_letters] = ID_LEVEL["swapped"]
    out[distance == 0] = ID_LEVEL["exact"]
    return out


def compare_remains(known: Sequence[str], number: Sequence[str]) -> Codes:
    """Level codes where of one number, or of both, only the leading digits ``known`` survived."""
    out = np.zeros(len(known), dtype=np.uint8)
    for i, (a, b) in enumerate(zip(known, number, strict=True)):
        length = min(len(a), len(b))
        if length < _DIVISION_BIRTH:
            continue
        apart = sum(x != y for x, y in zip(a[:length], b[:length], strict=True))
        if a[:_DIVISION_BIRTH] != b[:_DIVISION_BIRTH]:  # what a cell or a cut left was not mistyped more than any other
            out[i] = ID_LEVEL["different" if apart > _SLIPS else "different_invalid"]
        elif length == _DIVISION_BIRTH:  # of the sequence nothing survived: any two children born that day there
            out[i] = ID_LEVEL["same_birth_part"]
        else:
            out[i] = ID_LEVEL["lost_digits" if a[:length] == b[:length] else "sequence_damaged"]
    return out


def _bytes(numbers: list[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("".join(numbers).encode("ascii", "replace"), dtype=np.uint8).reshape(-1, _LENGTH)


def _one_rounded(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """A program that stored the number as a double left a multiple of 64: are both the same double, and one of them
    such a multiple?"""
    digits = (one >= ord("0")) & (one <= ord("9")) & (other >= ord("0")) & (other <= ord("9"))
    out = all_of(digits)
    powers = 10 ** np.arange(_LENGTH - 1, -1, -1, dtype=np.int64)
    rows = np.flatnonzero(out)
    number, other_number = ((side[rows] - ord("0")).astype(np.int64) @ powers for side in (one, other))
    rounded = (number % _DOUBLE_STEP == 0) | (other_number % _DOUBLE_STEP == 0)
    out[rows] = rounded & (number.astype(np.float64) == other_number.astype(np.float64))
    return out


def _at(values: Sequence[str], rows: npt.NDArray[np.int64]) -> list[str]:
    return [values[int(i)] for i in rows]
