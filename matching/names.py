"""Chinese names as they are typed: folding of spellings, sound under the region's mergers, look-alike characters."""

import re
import unicodedata
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from pypinyin import Style, pinyin
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

LOST = "□"  # stands for one character that a system could not store
_TABLES = Path(__file__).parent
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
_BLANK = re.compile(r"[\s\u200b-\u200f\u00a0\ufeff\u3000\x00-\x1f'‘’`=\"]")
_LOST_MARK = re.compile(r"[?？*＊□■〓\ufffd\ue000-\uf8ff]")
_DOT = re.compile(r"[·•・．‧.]")
# Surnames whose reading as a surname differs from the common one; 覃 is Qin here and Tan elsewhere.
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


@cache
def _variants() -> dict[int, str]:
    rows = (_TABLES / "variants.tsv").read_text("utf-8").splitlines()[1:]
    return {ord(a): b for a, b in (row.split("\t") for row in rows)}


@cache
def lookalikes() -> frozenset[frozenset[str]]:
    """Pairs of characters of like shape."""
    rows = (_TABLES / "lookalikes.tsv").read_text("utf-8").splitlines()[1:]
    return frozenset(frozenset(row.split("\t")) for row in rows)


def clean_name(text: str) -> str | None:
    """A name without blanks, bracketed remarks and quotes; lost characters become LOST; Latin letters upper case.

    What is written stays written: variants are not folded here. None where nothing is left.
    """
    name = _BLANK.sub("", _BRACKETS.sub("", text))
    name = _DOT.sub("·", _LOST_MARK.sub(LOST, unicodedata.normalize("NFKC", name))).upper().strip("·-—_/\\,，、;；:")
    return name or None


def fold_name(name: str) -> str:
    """The name with variant and traditional characters replaced by the usual ones."""
    return name.translate(_variants())


@cache
def sound_of(name: str) -> str:
    """The toneless sound under the region's mergers (n/l, zh/z, ch/c, sh/s, -n/-ng, h/f), syllables joined by '-'."""
    syllables = [_syllable(c) for c in name]
    if name[:1] in _SURNAME:
        syllables[0] = _merge(_SURNAME[name[0]])
    return "-".join(syllables)


@cache
def _syllable(character: str) -> str:
    return _merge(pinyin(character, style=Style.NORMAL)[0][0])


def _merge(syllable: str) -> str:
    for spoken, merged in _MERGERS:
        if syllable.startswith(spoken):
            syllable = merged + syllable[len(spoken) :]
            break
    return syllable[:-1] if syllable.endswith("ng") else syllable


# Levels of agreement, the closest first; NAME_LEVELS[code] is the level's name.
NAME_LEVELS = (
    "missing",
    "exact",
    "variant",
    "former",
    "lost",
    "sound",
    "alike",
    "surname_changed",
    "one_character",
    "different",
)
_CODE = {level: code for code, level in enumerate(NAME_LEVELS)}


def compare_names(left: pd.Series, right: pd.Series) -> np.ndarray:
    """Level codes (uint8) of two aligned columns of *distinct pairs* of cleaned names, none of them missing."""
    folded_l, folded_r = left.map(fold_name), right.map(fold_name)
    out = np.full(len(left), _CODE["different"], dtype=np.uint8)
    out[(folded_l == folded_r).to_numpy()] = _CODE["variant"]
    out[(left == right).to_numpy()] = _CODE["exact"]
    rest = np.flatnonzero(out == _CODE["different"])
    if len(rest) == 0:
        return out
    a, b = folded_l.iloc[rest].to_list(), folded_r.iloc[rest].to_list()
    distance = cpdist(a, b, scorer=Levenshtein.distance, dtype=np.int32)
    close = np.flatnonzero((distance <= 1) | _may_sound_alike(a, b))
    out[rest[close]] = [_CODE[_close_level(a[i], b[i], int(distance[i]))] for i in close]
    return out


def _may_sound_alike(a: list[str], b: list[str]) -> np.ndarray:
    lengths = np.fromiter(map(len, a), dtype=np.int32, count=len(a)) == np.fromiter(map(len, b), dtype=np.int32, count=len(b))
    return np.array([same and sound_of(x) == sound_of(y) for same, x, y in zip(lengths, a, b, strict=True)], dtype=bool)


def _close_level(a: str, b: str, distance: int) -> str:
    lost = LOST in a or LOST in b
    if lost and len(a) == len(b) and all(x == y or LOST in (x, y) for x, y in zip(a, b, strict=True)):
        return "lost"
    if sound_of(a) == sound_of(b):
        return "sound"
    if distance != 1:
        return "different"
    if len(a) != len(b):
        return "one_character" if min(len(a), len(b)) >= 2 else "different"
    position = next(i for i in range(len(a)) if a[i] != b[i])
    if frozenset((a[position], b[position])) in lookalikes():
        return "alike"
    if len(a) < 3:
        return "different"
    return "surname_changed" if position == 0 else "one_character"
