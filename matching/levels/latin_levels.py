"""Comparison levels of names in Latin letters, part by part: first given name, middle names, surname.

Whole names hide what matters there: brothers share a surname, a bride changes hers, and each part has a frequency of its own. The last
word of a name is the surname; one of several words has hyphens between them ('JAN VAN-DYK').
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from matching.arrays import Codes, Flags

Words = npt.NDArray[np.object_]  # a text per pair, empty where missing
# From the closest agreement to the loosest; the code of a level is its place here.
GIVEN_LEVELS = (
    "missing",
    "same",
    "turned",  # the given name and the surname are written in each other's place
    "alike",  # a typing error or two
    "short",  # an initial, a beginning (DAN, DANIEL), or one of several given names
    "near",  # somewhat alike
    "different",
)
SURNAME_LEVELS = ("missing", "same", "alike", "part", "near", "different")  # part: one of several words in common
MIDDLE_LEVELS = ("missing", "same", "initial", "different")
_GIVEN, _SURNAME, _MIDDLE = (
    {level: code for code, level in enumerate(levels)} for levels in (GIVEN_LEVELS, SURNAME_LEVELS, MIDDLE_LEVELS)
)
# Jaro-Winkler similarities, as Winkler (1990) and the tutorials of record linkage have them.
_ALIKE, _NEAR = 0.92, 0.80
_LONG = 6  # letters of a word in which two slips leave a likeness


def latin_parts(name: str) -> tuple[str, str, str]:
    """Returns (first given name, middle names, surname), empty where missing. A name of one word is a surname; a last word of one
    letter is an initial, and the surname missing ('CAMERON J')."""
    words = name.replace("·", " ").split()
    if len(words) < 2:
        return "", "", "".join(words)
    if len(words[-1]) == 1:
        return words[0], " ".join(words[1:]), ""
    return words[0], " ".join(words[1:-1]), words[-1]


def compare_latin(left: Sequence[str], right: Sequence[str]) -> tuple[Codes, Codes, Codes]:
    """Returns the levels of given name, surname and middle names of two aligned columns of names in letters, none missing. All are
    'missing' where both names have one word: whether that is a surname nobody knows."""
    at, names = pd.factorize(np.array([*left, *right], dtype=object))
    parts = np.array([latin_parts(name) for name in names], dtype=object).reshape(-1, 3)
    (given_l, middle_l, surname_l), (given_r, middle_r, surname_r) = (parts[side].T.copy() for side in np.split(at, 2))
    single = np.array([" " not in name for name in names], dtype=bool)
    _single_given(given_l, surname_l, given_r)
    _single_given(given_r, surname_r, given_l)
    given = _of_distinct(given_l, given_r, lambda a, b: _likeness(a, b, _GIVEN))
    given[(given > _GIVEN["alike"]) & _one_of_several(given_l, middle_l, given_r, middle_r)] = _GIVEN["short"]
    surname = _of_distinct(surname_l, surname_r, lambda a, b: _likeness(a, b, _SURNAME))
    turned = (given_l == surname_r) & (surname_l == given_r) & (given_l != surname_l) & (given > 0)
    given[turned] = _GIVEN["turned"]
    surname[turned] = _SURNAME["missing"]
    middle = _of_distinct(middle_l, middle_r, _middle)
    for codes in (given, surname, middle):
        codes[np.logical_and(*np.split(single[at], 2))] = 0
    return given, surname, middle


def _single_given(given: Words, surname: Words, other_given: Words) -> None:
    """Take the single word of a name for a given name where it is the other's."""
    rows = (given == "") & (surname == other_given) & (surname != "")
    given[rows], surname[rows] = surname[rows], ""


def _of_distinct(left: Words, right: Words, function: Callable[[list[str], list[str]], Codes]) -> Codes:
    """``function`` of two aligned columns, called with each distinct pair once."""
    at, words = pd.factorize(np.concatenate([left, right]))
    left_at, right_at = np.split(at, 2)
    inverse, keys = pd.factorize(left_at * len(words) + right_at)
    sides = (words[codes].tolist() for codes in np.divmod(keys, max(len(words), 1)))
    return function(*sides)[inverse]


def _likeness(left: list[str], right: list[str], level: dict[str, int]) -> Codes:
    """The levels of two columns of given names or surnames but for 'turned'."""
    distance = cpdist(left, right, scorer=OSA.distance, dtype=np.int32)
    similarity = cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float32)
    pairs = list(zip(left, right, strict=True))
    shorter = np.fromiter((min(len(a), len(b)) for a, b in pairs), dtype=np.int64, count=len(pairs))
    out = np.full(len(pairs), level["different"], dtype=np.uint8)
    out[(similarity >= _NEAR) & (shorter > 2)] = level["near"]
    if "short" in level:
        out[np.array([a.startswith(b) or b.startswith(a) for a, b in pairs], dtype=bool)] = level["short"]
    else:
        out[np.array([not {*a.split("-")}.isdisjoint(b.split("-")) for a, b in pairs], dtype=bool)] = level["part"]
    alike = (similarity >= _ALIKE) | (distance == 1) | ((distance == 2) & (shorter >= _LONG))
    out[alike & (shorter > 2)] = level["alike"]
    out[distance == 0] = level["same"]
    out[shorter == 0] = level["missing"]
    return out


def _one_of_several(given_l: Words, middle_l: Words, given_r: Words, middle_r: Words) -> Flags:
    """Is one given name among the middle names of the other?"""
    out = np.zeros(len(given_l), dtype=bool)
    for given, middle in ((given_l, middle_r), (given_r, middle_l)):
        rows = np.flatnonzero((middle != "") & (given != ""))
        out[rows] |= np.array([g in m.split() for g, m in zip(given[rows], middle[rows], strict=True)], dtype=bool)
    return out


def _middle(left: list[str], right: list[str]) -> Codes:
    """The levels of the middle names."""

    def level(a: str, b: str) -> str:
        if not a or not b:
            return "missing"
        if a == b:
            return "same"
        initials = min(len(a), len(b)) == 1 and a[0] == b[0]
        return "initial" if initials or not {*a.split()}.isdisjoint(b.split()) else "different"

    return np.array([_MIDDLE[level(a, b)] for a, b in zip(left, right, strict=True)], dtype=np.uint8)
