"""How two names agree: one level a pair, from columns of distinct pairs."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from matching.arrays import Codes, Flags, all_of, any_of, count_of
from matching.names import LOST, CodePoints, code_points, fold, is_latin, look_alike, sound_keys, syllables

# Levels of agreement, the closest first; NAME_LEVELS[code] is the level's name.
NAME_LEVELS = (
    "missing",
    "exact",
    "variant",  # traditional or variant characters (藍/蓝), another order of blanks and dots
    "former",  # one record's former name is the other's name
    "lost",  # a lost character, all others equal
    "sound",  # every character sounds alike (兰/蓝, 家/佳)
    "alike",  # one character of like shape; in letters: an edit or two
    "mixed",  # several characters, each of like sound, like shape or lost
    "swapped",  # the same characters or words in another order
    "surname_of_kin",  # given names agree, the surname has become that of the other record's kin (the mother's)
    "surname_changed",  # given names equal or of one sound
    "dropped",  # one character left out or added
    "one_character",  # one given-name character another: what siblings' names do
    "part",  # in letters: one word in common
    "different",
)
# Levels of names that one child may bear, mistyped; of the others siblings' are more.
AGREE = ("exact", "variant", "former", "lost", "sound", "alike", "mixed", "swapped")
NAME_LEVEL = {level: code for code, level in enumerate(NAME_LEVELS)}
_MOST_ALIKE = 2  # characters of like shape in a name that is still the same name
_LIKE = 0.92  # Jaro-Winkler similarity of names in letters that a typing error or two leave


def compare_names(left: Sequence[str], right: Sequence[str]) -> Codes:
    """Level codes of two aligned columns of cleaned names, none missing. 'former' and
    'surname_of_kin', which need more than two names, are never given here."""
    if not len(left):
        return np.zeros(0, dtype=np.uint8)
    both, lengths = code_points([*left, *right])
    raw_l, raw_r = both[: len(left)], both[len(left) :]
    folded = fold(both)
    length_l, length_r = lengths[: len(left)], lengths[len(left) :]
    out = _characters(folded[: len(left)], folded[len(left) :], length_l, length_r)
    worded = is_latin(both) | any_of(both == ord("·")) | (lengths > 6)
    words = np.flatnonzero((worded[: len(left)] | worded[len(left) :]) & (out != NAME_LEVEL["variant"]))
    if len(words):
        out[words] = _words([left[int(i)] for i in words], [right[int(i)] for i in words])
    out[all_of(raw_l == raw_r)] = NAME_LEVEL["exact"]
    return out


def _characters(a: CodePoints, b: CodePoints, length_a: npt.NDArray[np.int32], length_b: npt.NDArray[np.int32]) -> Codes:
    out = np.full(len(a), NAME_LEVEL["different"], dtype=np.uint8)
    equal = a == b
    within = a > 0
    same_length = length_a == length_b
    apart = count_of(~equal)
    out[apart == 0] = NAME_LEVEL["variant"]
    _of_one_length(out, np.flatnonzero(same_length & (apart > 0)), a, b, equal, within)
    _of_two_lengths(out, np.flatnonzero(np.abs(length_a - length_b) == 1), a, b, np.minimum(length_a, length_b))
    return out


def _of_one_length(out: Codes, rows: npt.NDArray[np.int64], a: CodePoints, b: CodePoints, equal: Flags, within: Flags) -> None:
    if not len(rows):
        return
    a, b, equal, within = a[rows], b[rows], equal[rows], within[rows]
    length = count_of(within)
    lost = (a == ord(LOST)) | (b == ord(LOST))
    sound_a, first_a = syllables(a)
    sound_b, first_b = syllables(b)
    sounds = sound_a == sound_b
    sounds[:, 0] |= (first_a == first_b) | (first_a == sound_b[:, 0]) | (sound_a[:, 0] == first_b)
    sounds &= ~lost | equal
    alike = np.zeros(a.shape, dtype=bool)
    few = count_of(~(equal | sounds | lost)) <= _MOST_ALIKE
    alike[few] = look_alike(a[few], b[few])
    apart = count_of(~equal)
    # The last that holds wins: from the loosest to the closest.
    found = np.full(len(rows), NAME_LEVEL["different"], dtype=np.uint8)
    found[(apart == 1) & (length >= 3)] = NAME_LEVEL["one_character"]
    given = all_of((equal | sounds)[:, 1:]) & ~all_of(equal[:, 1:]) & (length >= 3) | all_of(equal[:, 1:])
    found[given & (length >= 2)] = NAME_LEVEL["surname_changed"]
    found[all_of(np.sort(a, axis=1) == np.sort(b, axis=1))] = NAME_LEVEL["swapped"]
    found[all_of(equal | sounds | alike | lost) & any_of((equal | sounds) & within & ~lost)] = NAME_LEVEL["mixed"]
    found[(apart == 1) & any_of(alike & ~equal)] = NAME_LEVEL["alike"]
    found[all_of(equal | sounds)] = NAME_LEVEL["sound"]
    found[all_of(equal | lost) & any_of(equal & within & ~lost)] = NAME_LEVEL["lost"]
    out[rows] = found


def _of_two_lengths(
    out: Codes, rows: npt.NDArray[np.int64], a: CodePoints, b: CodePoints, shorter: npt.NDArray[np.int32]
) -> None:
    """One character left out; or two that are the parts of a rare one (韦火日明 for 韦炅明)."""
    if not len(rows):
        return
    a, b, shorter = a[rows], b[rows], shorter[rows]
    head = np.cumprod(a == b, axis=1).sum(axis=1)
    head = np.minimum(head, shorter)
    tail = np.cumprod(_right_aligned(a) == _right_aligned(b), axis=1).sum(axis=1)
    tail = np.minimum(tail, shorter)
    found = np.full(len(rows), NAME_LEVEL["different"], dtype=np.uint8)
    found[(shorter >= 3) & (head >= 1) & (tail >= 1) & (head + tail == shorter - 1)] = NAME_LEVEL["lost"]
    found[(shorter >= 2) & (head + tail >= shorter)] = NAME_LEVEL["dropped"]
    out[rows] = found


def _right_aligned(matrix: CodePoints) -> CodePoints:
    """The names back to front, from their last character on."""
    length = (matrix > 0).sum(axis=1)
    position = length[:, None] - 1 - np.arange(matrix.shape[1])
    return np.where(position >= 0, np.take_along_axis(matrix, position.clip(min=0), axis=1), 0)


def _words(left: Sequence[str], right: Sequence[str]) -> Codes:
    words_l, words_r = [_split(n) for n in left], [_split(n) for n in right]
    joined_l, joined_r = ["".join(w) for w in words_l], ["".join(w) for w in words_r]
    distance = cpdist(joined_l, joined_r, scorer=OSA.distance, dtype=np.int32)
    likeness = cpdist(joined_l, joined_r, scorer=JaroWinkler.similarity, dtype=np.float64)
    out = np.full(len(left), NAME_LEVEL["different"], dtype=np.uint8)
    pairs = list(zip(words_l, words_r, strict=True))
    common = np.array([len(set(a) & set(b)) for a, b in pairs])
    out[common > 0] = NAME_LEVEL["part"]
    out[[len(a) > 1 and a[:-1] == b[:-1] and a[-1] != b[-1] for a, b in pairs]] = NAME_LEVEL["surname_changed"]
    longest = np.fromiter(map(len, joined_l), dtype=np.int32, count=len(left))
    out[(likeness >= _LIKE) | (distance == 1) | ((distance == 2) & (longest >= 8))] = NAME_LEVEL["alike"]
    key_l, key_r = sound_keys(left), sound_keys(right)
    out[(key_l[0] == key_r[0]) | (key_l[0] == key_r[1]) | (key_l[1] == key_r[0])] = NAME_LEVEL["sound"]
    out[[sorted(a) == sorted(b) and a != b for a, b in pairs]] = NAME_LEVEL["swapped"]
    out[distance == 0] = NAME_LEVEL["variant"]
    return out


def _split(name: str) -> list[str]:
    return name.replace("·", " ").replace("-", " ").split()
