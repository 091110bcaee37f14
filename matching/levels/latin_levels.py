"""Comparison levels of names in Latin letters, part by part: first given name, middle names, surname.

Whole names hide what matters there: brothers share a surname, a bride changes hers, and each part has a frequency of its own. The last
word of a name is the surname; one of several words has hyphens between them ('JAN VAN-DYK').
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from matching.arrays import Codes, Flags

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
    given_l, middle_l, surname_l = _columns(left)
    given_r, middle_r, surname_r = _columns(right)
    _single_given(given_l, surname_l, given_r)
    _single_given(given_r, surname_r, given_l)
    given = _likeness(given_l, given_r, _GIVEN)
    given[(given > _GIVEN["alike"]) & _shortened(given_l, middle_l, given_r, middle_r)] = _GIVEN["short"]
    surname = _likeness(surname_l, surname_r, _SURNAME)
    surname[(surname > _SURNAME["alike"]) & _words_in_common(surname_l, surname_r)] = _SURNAME["part"]
    turned = (given_l == surname_r) & (surname_l == given_r) & (given_l != surname_l) & (given > 0)
    given[turned] = _GIVEN["turned"]
    surname[turned] = _SURNAME["missing"]
    middle = _middle(middle_l, middle_r)
    single = np.array([" " not in a and " " not in b for a, b in zip(left, right, strict=True)], dtype=bool)
    for codes in (given, surname, middle):
        codes[single] = 0
    return given, surname, middle


def _columns(names: Sequence[str]) -> tuple[npt.NDArray[np.object_], ...]:
    parts = np.array([latin_parts(name) for name in names], dtype=object).reshape(-1, 3)
    return parts[:, 0], parts[:, 1], parts[:, 2]


def _single_given(given: npt.NDArray[np.object_], surname: npt.NDArray[np.object_], other_given: npt.NDArray[np.object_]) -> None:
    """Take the single word of a name for a given name where it is the other's."""
    rows = (given == "") & (surname == other_given) & (surname != "")
    given[rows], surname[rows] = surname[rows], ""


def _likeness(left: npt.NDArray[np.object_], right: npt.NDArray[np.object_], level: dict[str, int]) -> Codes:
    """The levels 'missing', 'same', 'alike', 'near' and 'different' of two columns of words."""
    a, b = left.tolist(), right.tolist()
    distance = cpdist(a, b, scorer=OSA.distance, dtype=np.int32)
    similarity = cpdist(a, b, scorer=JaroWinkler.similarity, dtype=np.float32)
    shorter = np.fromiter((min(len(x), len(y)) for x, y in zip(a, b, strict=True)), dtype=np.int64, count=len(a))
    out = np.full(len(a), level["different"], dtype=np.uint8)
    out[(similarity >= _NEAR) & (shorter > 2)] = level["near"]
    alike = (similarity >= _ALIKE) | (distance == 1) | ((distance == 2) & (shorter >= _LONG))
    out[alike & (shorter > 2)] = level["alike"]
    out[distance == 0] = level["same"]
    out[shorter == 0] = level["missing"]
    return out


def _shortened(
    given_l: npt.NDArray[np.object_],
    middle_l: npt.NDArray[np.object_],
    given_r: npt.NDArray[np.object_],
    middle_r: npt.NDArray[np.object_],
) -> Flags:
    """Is one given name the beginning of the other, or one of the other's middle names?"""
    return np.array(
        [
            a.startswith(b) or b.startswith(a) or b in m.split() or a in n.split()
            for a, m, b, n in zip(given_l, middle_l, given_r, middle_r, strict=True)
        ],
        dtype=bool,
    )


def _words_in_common(left: npt.NDArray[np.object_], right: npt.NDArray[np.object_]) -> Flags:
    return np.array([bool({*a.split("-")} & {*b.split("-")}) for a, b in zip(left, right, strict=True)], dtype=bool)


def _middle(left: npt.NDArray[np.object_], right: npt.NDArray[np.object_]) -> Codes:
    """The levels of the middle names."""

    def level(a: str, b: str) -> str:
        if not a or not b:
            return "missing"
        if a == b:
            return "same"
        initials = min(len(a), len(b)) == 1 and a[0] == b[0]
        return "initial" if initials or {*a.split()} & {*b.split()} else "different"

    return np.array([_MIDDLE[level(a, b)] for a, b in zip(left, right, strict=True)], dtype=np.uint8).reshape(-1)
