"""Comparison levels of two names, in Chinese characters or in Latin letters."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from matching.arrays import Codes, Flags, Ints, all_of, any_of, count_of
from matching.name_text import LOST
from matching.names import CodePoints, code_points, fold, is_latin, look_alike, sound_keys, syllables

# From the closest agreement to the loosest; the code of a level is its place here.
NAME_LEVELS = (
    "missing",
    "exact",
    "variant",  # traditional or variant characters (藍/蓝), another order of blanks and dots
    "former",  # the former name of one record is the name of the other
    "lost",  # a character that a system could not store, all others equal
    "sound",  # every character sounds alike (兰/蓝, 家/佳)
    "alike",  # one character of like shape; in letters: an edit or two
    "mixed",  # several characters differ, each of like sound, like shape or lost
    "swapped",  # the same characters or words in another order
    "surname_of_kin",  # given names agree, and one surname is that of the other record's kin (the mother's, as a rule)
    "surname_changed",  # given names are equal or sound alike, surnames differ
    "dropped",  # one character left out or added
    "one_character",  # one character of three differs, as in siblings' names
    "part",  # in letters: one word in common
    "different",
)
# At these levels two names may be one name, mistyped; at the others they are more often those of siblings.
NAME_AGREES = ("exact", "variant", "former", "lost", "sound", "alike", "mixed", "swapped")
NAME_LEVEL = {level: code for code, level in enumerate(NAME_LEVELS)}
_MOST_ALIKE = 2  # characters of like shape; with more it is another name
_LIKE = 0.92  # Jaro-Winkler similarity of two names in letters that differ by a typing error or two


def compare_names(left: pa.Array | Sequence[str], right: pa.Array | Sequence[str]) -> Codes:
    """Returns the level codes of two aligned columns of names, cleaned by ``clean_name`` and none missing. 'former' and
    'surname_of_kin' are never given here: they take more than two names to know."""
    if not len(left):
        return np.zeros(0, dtype=np.uint8)
    both, lengths = code_points(pa.concat_arrays([left, right]) if isinstance(left, pa.Array) else [*left, *right])
    raw_l, raw_r = both[: len(left)], both[len(left) :]
    folded = fold(both)
    length_l, length_r = lengths[: len(left)], lengths[len(left) :]
    out = _characters(folded[: len(left)], folded[len(left) :], length_l, length_r)
    has_words = is_latin(both) | any_of(both == ord("·")) | (lengths > 6)
    rows = np.flatnonzero((has_words[: len(left)] | has_words[len(left) :]) & (out != NAME_LEVEL["variant"]))
    if len(rows):
        out[rows] = _words(_at(left, rows), _at(right, rows))
    out[all_of(raw_l == raw_r)] = NAME_LEVEL["exact"]
    return out


def _characters(a: CodePoints, b: CodePoints, length_a: npt.NDArray[np.int32], length_b: npt.NDArray[np.int32]) -> Codes:
    """Level codes of two matrices of folded names, compared character by character."""
    out = np.full(len(a), NAME_LEVEL["different"], dtype=np.uint8)
    equal = a == b
    in_name = a > 0  # not past the name's end
    same_length = length_a == length_b
    differing = count_of(~equal)
    out[differing == 0] = NAME_LEVEL["variant"]
    _of_one_length(out, np.flatnonzero(same_length & (differing > 0)), a, b, equal, in_name)
    _of_two_lengths(out, np.flatnonzero(np.abs(length_a - length_b) == 1), a, b, np.minimum(length_a, length_b))
    return out


def _of_one_length(out: Codes, rows: Ints, a: CodePoints, b: CodePoints, equal: Flags, in_name: Flags) -> None:
    """Set the levels of ``rows``: pairs of different names of equally many characters."""
    if not len(rows):
        return
    a, b, equal, in_name = a[rows], b[rows], equal[rows], in_name[rows]
    length = count_of(in_name)
    lost = (a == ord(LOST)) | (b == ord(LOST))
    sound_a, first_a = syllables(a)
    sound_b, first_b = syllables(b)
    sounds = sound_a == sound_b
    sounds[:, 0] |= (first_a == first_b) | (first_a == sound_b[:, 0]) | (sound_a[:, 0] == first_b)
    sounds &= ~lost | equal
    alike = np.zeros(a.shape, dtype=bool)
    few = count_of(~(equal | sounds | lost)) <= _MOST_ALIKE
    alike[few] = look_alike(a[few], b[few])
    differing = count_of(~equal)
    # Each line overrules those before it: from the loosest agreement to the closest.
    found = np.full(len(rows), NAME_LEVEL["different"], dtype=np.uint8)
    found[(differing == 1) & (length >= 3)] = NAME_LEVEL["one_character"]
    same_given = all_of((equal | sounds)[:, 1:]) & ~all_of(equal[:, 1:]) & (length >= 3) | all_of(equal[:, 1:])
    found[same_given & (length >= 2)] = NAME_LEVEL["surname_changed"]
    found[all_of(np.sort(a, axis=1) == np.sort(b, axis=1))] = NAME_LEVEL["swapped"]
    found[all_of(equal | sounds | alike | lost) & any_of((equal | sounds) & in_name & ~lost)] = NAME_LEVEL["mixed"]
    found[(differing == 1) & any_of(alike & ~equal)] = NAME_LEVEL["alike"]
    found[all_of(equal | sounds)] = NAME_LEVEL["sound"]
    found[all_of(equal | lost) & any_of(equal & in_name & ~lost)] = NAME_LEVEL["lost"]
    out[rows] = found


def _of_two_lengths(out: Codes, rows: Ints, a: CodePoints, b: CodePoints, shorter: npt.NDArray[np.int32]) -> None:
    """Set the levels of ``rows``: pairs of names of which one has one character more. Either a character was left out, or a rare
    character was written as its two parts (韦火日明 for 韦炅明). ``shorter``: the length of the shorter name."""
    if not len(rows):
        return
    a, b, shorter = a[rows], b[rows], shorter[rows]
    head = np.cumprod(a == b, axis=1).sum(axis=1)  # how many leading characters are equal
    head = np.minimum(head, shorter)
    tail = np.cumprod(_reversed(a) == _reversed(b), axis=1).sum(axis=1)
    tail = np.minimum(tail, shorter)
    found = np.full(len(rows), NAME_LEVEL["different"], dtype=np.uint8)
    found[(shorter >= 3) & (head >= 1) & (tail >= 1) & (head + tail == shorter - 1)] = NAME_LEVEL["lost"]
    found[(shorter >= 2) & (head + tail >= shorter)] = NAME_LEVEL["dropped"]
    out[rows] = found


def _reversed(matrix: CodePoints) -> CodePoints:
    """The names with their characters in reverse order."""
    length = (matrix > 0).sum(axis=1)
    position = length[:, None] - 1 - np.arange(matrix.shape[1])
    return np.where(position >= 0, np.take_along_axis(matrix, position.clip(min=0), axis=1), 0)


def _words(left: Sequence[str], right: Sequence[str]) -> Codes:
    """Level codes of names in Latin letters and of long or dotted names, compared word by word."""
    words_l, words_r = [_split(n) for n in left], [_split(n) for n in right]
    joined_l, joined_r = ["".join(w) for w in words_l], ["".join(w) for w in words_r]
    distance = cpdist(joined_l, joined_r, scorer=OSA.distance, dtype=np.int32)
    similarity = cpdist(joined_l, joined_r, scorer=JaroWinkler.similarity, dtype=np.float64)
    # Each line overrules those before it: from the loosest agreement to the closest.
    out = np.full(len(left), NAME_LEVEL["different"], dtype=np.uint8)
    pairs = list(zip(words_l, words_r, strict=True))
    common = np.array([len(set(a) & set(b)) for a, b in pairs])
    out[common > 0] = NAME_LEVEL["part"]
    out[[len(a) > 1 and a[:-1] == b[:-1] and a[-1] != b[-1] for a, b in pairs]] = NAME_LEVEL["surname_changed"]
    longest = np.fromiter(map(len, joined_l), dtype=np.int32, count=len(left))
    out[(similarity >= _LIKE) | (distance == 1) | ((distance == 2) & (longest >= 8))] = NAME_LEVEL["alike"]
    key_l, key_r = sound_keys(left), sound_keys(right)
    out[(key_l[0] == key_r[0]) | (key_l[0] == key_r[1]) | (key_l[1] == key_r[0])] = NAME_LEVEL["sound"]
    out[[sorted(a) == sorted(b) and a != b for a, b in pairs]] = NAME_LEVEL["swapped"]
    out[distance == 0] = NAME_LEVEL["variant"]
    return out


def _at(names: pa.Array | Sequence[str], rows: Ints) -> list[str]:
    """The names of these rows."""
    return names.take(pa.array(rows)).to_pylist() if isinstance(names, pa.Array) else [names[int(i)] for i in rows]


def _split(name: str) -> list[str]:
    """The words of a name."""
    return name.replace("·", " ").replace("-", " ").split()
