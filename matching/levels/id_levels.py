"""Comparison levels of two ID numbers."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from matching.arrays import Codes, Flags, all_of, any_of, count_of
from matching.ids import byte_matrix, fits
from matching.masked_ids import HIDDEN

ID_LEVELS = (
    "missing",
    "exact",
    "other_exact",  # the number of one record is the older number of the other (a student number keeps it)
    "one_digit",  # one digit differs
    "swapped",  # two neighbouring digits are exchanged
    "lost_digits",  # the digits that survive of a damaged number, or are visible of a masked one, agree with the other number
    "masked_agrees",  # so do the digits that a mask leaves at the end; the birthdate in the number is hidden
    "near",  # two digits differ
    "sequence_damaged",  # division and birthdate agree, the sequence does not, at least one number is invalid
    "same_birth_part",  # division and birthdate agree, the sequence does not, both are valid: a renewed number, or twins
    "of_sibling",  # the number of one record is that of another child of the other's household
    "different",  # both are valid, or what survives of a damaged number contradicts the other
    "different_invalid",  # at least one is invalid, or too little survives to contradict
)
ID_LEVEL = {level: code for code, level in enumerate(ID_LEVELS)}
# Groups of levels that decide what the birthdate beside the ID can prove (``matching.model.LEVEL_TABLES``). The same ID may have
# been typed for a sibling; IDs that are only like one another are those of one person or of twins.
SAME_ID = ("exact",)
LIKE_ID = ("one_digit", "swapped", "lost_digits", "sequence_damaged", "same_birth_part")
OTHER_ID = ("different",)
_LENGTH = 18
_DIVISION, _DIVISION_BIRTH = 6, 14  # leading digits: division; division and birthdate
_HIDDEN = ord(HIDDEN)
_ENOUGH = 4  # digits behind the division, some of the sequence among them, that two numbers show and have in common
_SLIPS = 2  # digits that may differ by mistyping
_DOUBLE_STEP = 64  # distance of neighbouring doubles at eighteen digits


def compare_ids(left: pa.Array | Sequence[str], right: pa.Array | Sequence[str]) -> Codes:
    """Returns the level codes of two aligned columns of complete numbers, none missing. Numbers of eighteen characters are compared
    as GB 11643 numbers, others as any key. 'other_exact' and 'of_sibling' are never given here: they take more than two
    numbers to know."""
    left, right = (pa.array(side, pa.string()) for side in (left, right))
    out = np.full(len(left), ID_LEVEL["different_invalid"], dtype=np.uint8)
    citizen = pc.and_(*(pc.equal(pc.utf8_length(side), _LENGTH) for side in (left, right)))
    for compare, those in ((_citizens, citizen), (_keys, pc.invert(citizen))):
        rows = np.flatnonzero(those)
        if len(rows):
            out[rows] = compare(left.filter(those), right.filter(those))
    return out


def _citizens(left: pa.Array, right: pa.Array) -> Codes:
    """Level codes of GB 11643 numbers."""
    left_bytes, right_bytes = (byte_matrix(_ascii(side), _LENGTH) for side in (left, right))
    both_valid = fits(left_bytes) & fits(right_bytes)
    unequal = left_bytes != right_bytes
    differing = count_of(unequal)
    # Each line overrules those before it: from the loosest agreement to the closest.
    out = np.where(both_valid, ID_LEVEL["different"], ID_LEVEL["different_invalid"]).astype(np.uint8)
    same_birth = ~any_of(unequal[:, :_DIVISION_BIRTH])
    out[same_birth] = np.where(both_valid[same_birth], ID_LEVEL["same_birth_part"], ID_LEVEL["sequence_damaged"])
    # The check digit catches every single slip and every exchange of two digits, so two valid numbers that differ by one are of
    # two persons.
    out[(differing == 2) & ~both_valid] = ID_LEVEL["near"]
    invalid = np.flatnonzero(~both_valid)
    out[invalid[_one_rounded(left_bytes[invalid], right_bytes[invalid])]] = ID_LEVEL["lost_digits"]
    two_differ = np.flatnonzero((differing == 2) & ~both_valid)
    out[two_differ[_exchanged(left_bytes[two_differ], right_bytes[two_differ])]] = ID_LEVEL["swapped"]
    out[(differing == 1) & ~both_valid] = ID_LEVEL["one_digit"]
    out[differing == 0] = ID_LEVEL["exact"]
    return out


def _exchanged(left: npt.NDArray[np.uint8], right: npt.NDArray[np.uint8]) -> Flags:
    """Of numbers that differ in two places: are the places neighbours, and the digits exchanged?"""
    unequal = left != right
    return any_of(unequal[:, :-1] & unequal[:, 1:] & (left[:, :-1] == right[:, 1:]) & (left[:, 1:] == right[:, :-1]))


def _keys(left: pa.Array, right: pa.Array) -> Codes:
    """Level codes of other keys, by edit distance; a key of fewer than five characters is equal or different."""
    left, right = left.to_pylist(), right.to_pylist()
    distance = cpdist(left, right, scorer=OSA.distance, dtype=np.int32)
    long_enough = np.fromiter((min(len(a), len(b)) >= 5 for a, b in zip(left, right, strict=True)), dtype=bool, count=len(left))
    out = np.full(len(left), ID_LEVEL["different_invalid"], dtype=np.uint8)
    out[(distance == 2) & long_enough] = ID_LEVEL["near"]
    out[(distance == 1) & long_enough] = ID_LEVEL["one_digit"]
    same_letters = np.array([len(a) == len(b) and sorted(a) == sorted(b) for a, b in zip(left, right, strict=True)], dtype=bool)
    out[(distance == 1) & long_enough & same_letters] = ID_LEVEL["swapped"]
    out[distance == 0] = ID_LEVEL["exact"]
    return out


def compare_remains(known: pa.Array | Sequence[str], number: pa.Array | Sequence[str]) -> Codes:
    """Returns level codes where only some digits of a number, ``known``, survive, * for each hidden one (``matching.masked_ids``); ``number``: the
    other number, complete or what survives of it. Digits that both show are compared. 'missing' where these are too few to say anything.
    """
    shown_l, shown_r = (_padded(side) for side in (known, number))
    both = (shown_l != _HIDDEN) & (shown_r != _HIDDEN)
    unequal = both & (shown_l != shown_r)
    differing, sequence = count_of(unequal), count_of(both[:, _DIVISION_BIRTH:])
    out = np.zeros(len(both), dtype=np.uint8)
    # Masks do not mistype, so that two digits that differ contradict. Of digits at the end alone fewer than four tell too little.
    masked = sequence > 0
    enough = masked & (count_of(both[:, _DIVISION:]) >= _ENOUGH)
    out[enough] = ID_LEVEL["masked_agrees"]
    out[masked & (differing > 0)] = ID_LEVEL["different_invalid"]
    out[enough & (differing > 1)] = ID_LEVEL["different"]
    # With division and birthdate whole in both, these count by themselves.
    whole = all_of(both[:, :_DIVISION_BIRTH])
    same_head = ~any_of(unequal[:, :_DIVISION_BIRTH])
    # A damaged number is not mistyped more often than others, so digits that differ are a contradiction.
    out[whole & ~same_head] = ID_LEVEL["different_invalid"]
    out[whole & ~same_head & (differing > _SLIPS)] = ID_LEVEL["different"]
    out[whole & same_head] = ID_LEVEL["lost_digits"]
    out[whole & same_head & (differing > 0)] = ID_LEVEL["sequence_damaged"]
    out[whole & same_head & (sequence == 0)] = ID_LEVEL["same_birth_part"]  # any two children born there that day agree so far
    return out


def _padded(numbers: pa.Array | Sequence[str]) -> npt.NDArray[np.uint8]:
    """Eighteen bytes of each number, the missing ones hidden."""
    texts = pc.utf8_slice_codeunits(_ascii(pa.array(numbers, pa.string())), 0, _LENGTH)
    return byte_matrix(pc.utf8_rpad(texts, _LENGTH, HIDDEN), _LENGTH)


def _ascii(numbers: pa.Array) -> pa.Array:
    """The numbers with a question mark for every character that is not ASCII."""
    return numbers if pc.all(pc.string_is_ascii(numbers)).as_py() else pc.replace_substring_regex(numbers, r"[^\x00-\x7F]", "?")


def _one_rounded(left: npt.NDArray[np.uint8], right: npt.NDArray[np.uint8]) -> Flags:
    """Is one number the other, rounded by a program that saved it as a double (docs/formats.md 3.3)? It is then a multiple of 64,
    and both are the same double."""
    digits = (left >= ord("0")) & (left <= ord("9")) & (right >= ord("0")) & (right <= ord("9"))
    out = all_of(digits)
    powers = 10 ** np.arange(_LENGTH - 1, -1, -1, dtype=np.int64)
    rows = np.flatnonzero(out)
    number_l, number_r = ((side[rows] - ord("0")).astype(np.int64) @ powers for side in (left, right))
    rounded = (number_l % _DOUBLE_STEP == 0) | (number_r % _DOUBLE_STEP == 0)
    out[rows] = rounded & (number_l.astype(np.float64) == number_r.astype(np.float64))
    return out
