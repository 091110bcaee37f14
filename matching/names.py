"""Columns of Chinese names: variant characters, sound with the mergers of the region, shape.

A column of names is worked on as a matrix of code points, one row per name, so that every rule is one array operation.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import RLock

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from matching.arrays import Ints
from matching.name_text import character_variants

CodePoints = npt.NDArray[np.uint32]
_TABLES = Path(__file__).parent
# Characters with another reading as a surname; 覃 is read Qin in Guangxi and Tan elsewhere.
_SURNAME = {"覃": "qin", "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "翟": "zhai", "朴": "piao"}
_MERGERS = (
    ("zh", "z"),
    ("ch", "c"),
    ("sh", "s"),
    ("n", "l"),
    ("hua", "fa"),
    ("hui", "fei"),
    ("hun", "fen"),
    ("huo", "fo"),
    ("hu", "fu"),  # h before u, and only there, is f
)
_POINTS = 0x110000
_LONGEST_SYLLABLE = 6  # letters
_KEY_BASE = 2048  # more than there are syllables


@cache
def _fold_table() -> CodePoints:
    table = np.arange(_POINTS, dtype=np.uint32)
    for point, usual in character_variants().items():
        table[point] = ord(usual)
    return table


@cache
def _lookalikes() -> Ints:
    """Pairs of characters of like shape, in both orders, as one number per pair, sorted; some occur twice."""
    # Read as text, so that line ends of Windows make no difference.
    rows = (_TABLES / "lookalikes.tsv").read_text("utf-8").partition("\n")[2]
    first, _, second, _ = (
        np.frombuffer(rows.encode("utf-32-le"), dtype="<u4").reshape(-1, 4).astype(np.int64).T
    )  # first ⇥ second ⏎
    return np.sort(np.concatenate([first * _POINTS + second, second * _POINTS + first]))


def look_alike(left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Per place of two aligned arrays: are the two characters of like shape (lookalikes.tsv)?"""
    pairs = left.astype(np.int64) * _POINTS + right
    known = _lookalikes()
    at = np.searchsorted(known, pairs).clip(max=len(known) - 1)
    return np.asarray(known[at] == pairs)


def code_points(names: pa.Array | Sequence[str]) -> tuple[CodePoints, npt.NDArray[np.int32]]:
    """Returns (matrix of code points, shape (names, length of the longest), 0 past a name's end; lengths). None is missing."""
    if isinstance(names, pa.Array):
        lengths = pc.utf8_length(names).to_numpy()
        joined = pc.binary_join(pa.ListArray.from_arrays([0, len(names)], names), "")[0].as_py()
    else:
        lengths = np.fromiter(map(len, names), dtype=np.int32, count=len(names))
        joined = "".join(names)
    flat = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    matrix = np.zeros((len(names), int(lengths.max(initial=1))), dtype=np.uint32)
    matrix[np.arange(matrix.shape[1]) < lengths[:, None]] = flat
    return matrix, lengths


def fold(matrix: CodePoints) -> CodePoints:
    """``fold_name`` of a matrix of code points."""
    return np.asarray(_fold_table()[matrix])


def is_latin(matrix: CodePoints) -> npt.NDArray[np.bool_]:
    """Per name: does it have Latin letters, so that words and not characters must be compared?"""
    letter = ((matrix >= ord("A")) & (matrix <= ord("Z"))) | ((matrix >= 0xC0) & (matrix < 0x2000))
    return np.asarray(letter.any(axis=1))


def in_letters(names: pa.Array) -> npt.NDArray[np.bool_]:
    """Per name: is it in Latin letters alone? False where it is missing."""
    letters = pc.match_substring_regex(names, r"^[\x{0}-\x{24F}·]+$")
    return np.asarray(pc.fill_null(letters, False).to_numpy(zero_copy_only=False), dtype=bool)


@cache
def _toneless() -> tuple[dict[str, str], frozenset[str]]:
    """(syllable of each character, all syllables), without tone. A table: the package it is from takes half a second to load."""
    rows = (_TABLES / "syllables.tsv").read_text("utf-8").split("\n")[1:]
    parts = [row.split("\t") for row in rows if row]
    return {character: syllable for syllable, those in parts for character in those}, frozenset(part[0] for part in parts)


class _Syllables:
    """A number per distinct syllable (toneless, mergers applied), and the syllable of each character, looked up when the character
    first occurs. ``common``: the usual reading; ``surname``: the reading as a surname."""

    def __init__(self) -> None:
        self.number: dict[str, int] = {"": 0}
        self.common = np.full(_POINTS, -1, dtype=np.int32)
        self.common[0] = 0
        self.surname = self.common.copy()
        self.lock = RLock()  # batches are compared side by side

    def learn(self, points: npt.NDArray[np.uint32]) -> None:
        with self.lock:
            self._learn(points)

    def _learn(self, points: npt.NDArray[np.uint32]) -> None:
        for point in np.unique(points[self.common[points] < 0]):
            character = chr(point)
            self.common[point] = self.of(_syllable(character))
            self.surname[point] = self.of(_merge(_SURNAME[character])) if character in _SURNAME else self.common[point]

    def of(self, syllable: str) -> int:
        with self.lock:
            return self.number.setdefault(syllable, len(self.number))


@cache
def _syllables() -> _Syllables:
    return _Syllables()


def syllables(matrix: CodePoints) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Returns (number of each character's syllable; of the first character's reading as a surname)."""
    table = _syllables()
    table.learn(matrix.ravel())
    common = table.common[matrix]
    return common, table.surname[matrix[:, 0]]


def sound_keys(names: Sequence[str]) -> tuple[Ints, Ints]:
    """Returns two columns of numbers. The first is equal for names that sound alike: without tones, with n/l, zh/z, ch/c, sh/s, -n/-ng
    and h/f merged, the surname in its reading as one. The second has the usual reading of the first character, which differs for
    surnames such as 覃. A name in pinyin has the same number as the name in characters."""
    if not len(names):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    matrix, _ = code_points(names)
    matrix = fold(matrix)
    common, first = syllables(matrix)
    latin = np.flatnonzero(is_latin(matrix))
    if len(latin):
        spoken = [spell(names[int(i)]) for i in latin]
        width = max(common.shape[1], max(map(len, spoken)))
        common = np.pad(common, ((0, 0), (0, width - common.shape[1])))
        for row, parts in zip(latin, spoken, strict=True):
            common[row] = 0
            common[row, : len(parts)] = [_syllables().of(part) for part in parts]
        first[latin] = common[latin, 0]
    rest = _number(common[:, 1:])
    return rest * _KEY_BASE + first, rest * _KEY_BASE + common[:, 0]


def _number(parts: npt.NDArray[np.int32]) -> Ints:
    """One number per row of syllables."""
    number = np.zeros(len(parts), dtype=np.int64)
    with np.errstate(over="ignore"):
        for position in range(parts.shape[1] - 1, -1, -1):  # more than five syllables overflow: the number is then a hash
            number = number * _KEY_BASE + parts[:, position] + (number >> 53)
    return number


def spell(name: str) -> list[str]:
    """The syllables of a name in letters, mergers applied, if it can be read as pinyin; else its words."""
    words = re.findall(r"[A-ZÀ-ÿ]+", name.upper())
    known = _toneless()[1]
    parts: list[str] = []
    for word in words:
        cut = _cut(word.lower(), known)
        if cut is None:
            return words
        parts += cut
    return [_merge(part) for part in parts]


def _cut(word: str, known: frozenset[str]) -> list[str] | None:
    """The word as known syllables, the first ones as long as can be; None where that is impossible."""
    ends = {len(word): len(word)}  # where what begins there can be cut to the end -> end of its first syllable
    for start in range(len(word) - 1, -1, -1):
        for end in range(min(start + _LONGEST_SYLLABLE, len(word)), start, -1):
            if end in ends and word[start:end] in known:
                ends[start] = end
                break
    parts, start = [], 0
    while start in ends and start < len(word):
        parts.append(word[start : ends[start]])
        start = ends[start]
    return parts if start == len(word) else None


@cache
def _syllable(character: str) -> str:
    return _merge(_toneless()[0].get(character, character))


def _merge(syllable: str) -> str:
    for spoken, merged in _MERGERS:
        if syllable.startswith(spoken):
            syllable = merged + syllable[len(spoken) :]
            break
    return syllable[:-1] if syllable.endswith("ng") else syllable
