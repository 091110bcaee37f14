"""Blocking keys of names in Latin letters and of the addresses beside them: numbers for the beginnings of words."""

from collections import Counter

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from matching.arrays import Ints
from matching.levels.latin_levels import latin_parts
from matching.names import in_letters, is_latin, spell

_PREFIX = 3  # letters of a word that survive most slips
_LONG_WORD = 4
_RAREST = 2  # words of an address that tell most
Parts = dict[int, tuple[str, str, str]]  # place of a name in letters among all names -> first given name, middle names, surname


def parts_of(names: pa.Array) -> Parts:
    """The parts of those of the names that are in letters."""
    places = np.flatnonzero(in_letters(names))
    return {int(place): latin_parts(text) for place, text in zip(places, names.take(pa.array(places)).to_pylist(), strict=True)}


def numbered_parts(size: int, parts: Parts, codes: Ints) -> dict[str, tuple[Ints, Ints]]:
    """Returns for the first given names and the surnames (number of each of the ``size`` names, the name of each record or -1); empty
    where no name is in letters. ``codes``: the name of each record."""
    if not parts:
        return {}
    known = np.zeros(size + 1, dtype=bool)  # the last one: missing
    known[list(parts)] = True
    out = {}
    for name, at in (("given", 0), ("surname", 2)):
        number = np.zeros(size, dtype=np.int64)
        number[list(parts)] = pd.factorize(np.array([part[at] for part in parts.values()], dtype=object))[0]
        out[name] = number, np.where(known[codes], codes, -1)
    return out


def prefix_pairs(size: int, parts: Parts) -> Ints:
    """A number per name for the beginnings of given name and surname, in either order; 0 for names without such parts."""
    number = np.zeros(size, dtype=np.int64)
    for place, (given, _, surname) in parts.items():
        if given and surname:
            number[place] = _number_of_word(".".join(sorted((given[:_PREFIX], surname[:_PREFIX]))))
    return number


def words_of(names: list[str], matrix: npt.NDArray[np.uint32], codes: npt.NDArray[np.int64]) -> pa.Array:
    """The beginnings of the words of each name in Latin letters, as a list of numbers; null for names in Chinese characters."""
    latin = is_latin(matrix) if len(matrix) else np.zeros(0, dtype=bool)
    if not latin.any():
        return pa.nulls(len(codes), pa.list_(pa.int64()))
    lists = [
        [number_of_beginning(word) for word in spell(n) + n.split()] if one else None for n, one in zip(names, latin, strict=True)
    ]
    values = pa.array([*(sorted(set(words)) if words else None for words in lists), None], pa.list_(pa.int64()))
    return values.take(pa.array(np.where(codes < 0, len(names), codes)))


def address_words(address: pa.DictionaryArray, words: pa.Array) -> pa.Array:
    """The rarest of the longer words of each address as a list of numbers; all null where no name is in Latin letters."""
    if words.null_count == len(words):
        return pa.nulls(len(words), pa.list_(pa.int64()))
    split = [
        sorted({_number_of_word(w) for w in text.split() if len(w) >= _LONG_WORD}) for text in address.dictionary.to_pylist()
    ]
    times = Counter(word for words in split for word in words)
    lists = [sorted(words, key=lambda word: times[word])[:_RAREST] for words in split]
    return pa.array(lists, pa.list_(pa.int64())).take(address.indices)


def number_of_beginning(word: str) -> int:
    """A number for the first letters of a word."""
    return _number_of_word(word[:_PREFIX])


def _number_of_word(word: str) -> int:
    """A number for a word's first bytes that is the same in every process, unlike Python's hash."""
    return int.from_bytes(word.upper().encode("utf-8")[:7], "big")
