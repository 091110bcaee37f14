"""Blocking keys: numbers for names, sounds, IDs, dates, places and kin, which blocking joins on; and how frequent names are."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from matching.arrays import Ints
from matching.names import code_points, fold, is_latin, sound_keys, spell

_HEAD = 14  # characters of an ID: division and birthdate
_LONG_WORD = 4
_PREFIX = 3  # letters of a word that survive most slips


def keys_and_shares(encoded: dict[str, pa.Array], source: Ints) -> tuple[dict[str, pa.Array], dict[str, npt.NDArray[np.float32]]]:
    """Returns (columns of numbers to join on, null where missing, without that of kin; shares of names and sounds per record, as in
    ``People.shares``). ``encoded``: dictionary-encoded columns; ``source``: the number of each record's source."""
    names = encoded["name"].dictionary.to_pylist()
    name, former, number = codes_of(encoded["name"]), codes_of(encoded["former_name"]), codes_of(encoded["id_number"])
    sound, second = sound_keys(names)
    matrix = fold(code_points(names)[0]) if names else np.zeros((0, 1), dtype=np.uint32)
    folded = np.unique(_row_numbers(matrix), return_inverse=True)[1].astype(np.int64)
    given = sound_keys([n[1:] or n for n in names])[0]
    birth, words = encoded["birthdate"], _words(names, matrix, name)
    keys = {
        "name": _spread(folded, name),
        "sound": _spread(sound, name),
        "second_sound": _spread(second, np.where(second[name] == sound[name], -1, name) if len(names) else name),
        "former_sound": _spread(sound, former),
        "given": _spread(given, name),
        "surname": _spread(matrix[:, 0].astype(np.int64), name),
        "words": words,
        "address_words": _address_words(encoded["address"], words),
        "id": _spread(np.arange(len(encoded["id_number"].dictionary)), number),
        "other_id": _spread(np.arange(len(encoded["id_number"].dictionary)), codes_of(encoded["id_other"])),
        "id_tail": _spread(_part(encoded["id_number"].dictionary, -8, None), number),
        "id_head": _heads(encoded),
        "birth": birth.cast(pa.int32()),
        "birth_year": pc.year(birth),
        "birth_day": pc.add(pc.multiply(pc.month(birth), 100), pc.day(birth)),
        "implied": encoded["birth_implied"],
        **{field: encoded[field].indices for field in ("township", "village", "address", "phone")},
    }
    shares = {
        "name": _share(folded, name, source),
        "sound": _share(pd.factorize(sound)[0].astype(np.int64), name, source),
        "given": _share(pd.factorize(given)[0].astype(np.int64), name, source),
    }
    return keys, shares


def codes_of(column: pa.DictionaryArray) -> npt.NDArray[np.int64]:
    """The codes of a dictionary-encoded column, -1 where missing."""
    return pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)


def _row_numbers(matrix: npt.NDArray[np.uint32]) -> Ints:
    """A number per row of code points that is equal for equal rows; of more than three characters it is a hash."""
    number = np.zeros(len(matrix), dtype=np.int64)
    with np.errstate(over="ignore"):
        for column in matrix.T:
            number = number * 0x110001 + column
    return number


def _spread(values: npt.NDArray[np.int64], codes: npt.NDArray[np.int64]) -> pa.Array:
    """The value of each code, null where the code is -1."""
    missing = codes < 0
    if not len(values):
        return pa.nulls(len(codes), pa.int64())
    return pa.array(values[np.where(missing, 0, codes)], pa.int64(), mask=missing)


def _share(group: npt.NDArray[np.int64], codes: npt.NDArray[np.int64], source: Ints) -> npt.NDArray[np.float32]:
    """Per record the share of all records whose value is in the same group; ``group``: the group of each value, ``codes``: the value of
    each record.

    For a value that no source has twice the share is estimated by Good and Turing (Good 1953): that of 2 n2 / n1 records, where n1
    values occur once in their source and n2 values twice. Its own single occurrence must not count as its frequency.
    """
    present = np.flatnonzero(codes >= 0)
    out = np.full(len(codes), 1 / max(len(codes), 1), dtype=np.float32)
    if not len(present):
        return out
    value, of = group[codes[present]], source[present]
    size = int(value.max()) + 1
    held = pd.Series(of * size + value).value_counts(sort=False)
    once, twice = (held == 1).sum(), (held == 2).sum()
    repeated = np.zeros(size, dtype=bool)
    repeated[held.index[held > 1] % size] = True
    unseen = min(2 * (twice + 1) / (once + 1), 1.0) / max(len(present) / len(np.unique(of)), 1)
    count = np.bincount(value, minlength=size)
    out[present] = np.where(repeated[value], count[value] / len(codes), unseen)
    return out


def _part(numbers: pa.Array, start: int, stop: int | None) -> npt.NDArray[np.int64]:
    """A number for the characters ``start`` to ``stop`` of each ID."""
    part = pc.utf8_slice_codeunits(numbers, start, stop) if stop else pc.utf8_slice_codeunits(numbers, start)
    return np.asarray(part.dictionary_encode().indices.to_numpy(zero_copy_only=False), np.int64)


def _heads(encoded: dict[str, pa.Array]) -> pa.Array:
    """A number for the first fourteen characters of each ID, complete or damaged."""
    return head_of(encoded).dictionary_encode().indices


def head_of(encoded: dict[str, pa.Array]) -> pa.Array:
    """Division and birthdate, the first fourteen characters, of each ID, complete or damaged; null where they are not known."""
    heads = [
        pc.utf8_slice_codeunits(encoded[field].dictionary, 0, _HEAD).take(encoded[field].indices)
        for field in ("id_number", "id_known")
    ]
    head = pc.coalesce(*heads)
    return pc.if_else(pc.equal(pc.utf8_length(head), _HEAD), head, pa.scalar(None, head.type))


def _words(names: list[str], matrix: npt.NDArray[np.uint32], codes: npt.NDArray[np.int64]) -> pa.Array:
    """The beginnings of the words of each name in Latin letters, as a list of numbers; null for names in Chinese characters."""
    latin = is_latin(matrix) if len(matrix) else np.zeros(0, dtype=bool)
    if not latin.any():
        return pa.nulls(len(codes), pa.list_(pa.int64()))
    lists = [
        [_number_of_word(word[:_PREFIX]) for word in spell(n) + n.split()] if one else None
        for n, one in zip(names, latin, strict=True)
    ]
    values = pa.array([*(sorted(set(words)) if words else None for words in lists), None], pa.list_(pa.int64()))
    return values.take(pa.array(np.where(codes < 0, len(names), codes)))


def _address_words(address: pa.DictionaryArray, words: pa.Array) -> pa.Array:
    """The longer words of each address as a list of numbers; all null where no name is in Latin letters."""
    if words.null_count == len(words):
        return pa.nulls(len(words), pa.list_(pa.int64()))
    lists = [
        sorted({_number_of_word(word) for word in text.split() if len(word) >= _LONG_WORD})
        for text in address.dictionary.to_pylist()
    ]
    return pa.array(lists, pa.list_(pa.int64())).take(address.indices)


def _number_of_word(word: str) -> int:
    """A number for a word's first bytes that is the same in every process, unlike Python's hash."""
    return int.from_bytes(word.upper().encode("utf-8")[:7], "big")


def kin_lists(kin: pa.DictionaryArray) -> pa.Array:
    """Per record the names of its kin as a list of numbers."""
    split = pc.split_pattern(kin.dictionary, "|")
    number = split.flatten().dictionary_encode().indices.cast(pa.int64())
    lists = pa.LargeListArray.from_arrays(split.offsets.cast(pa.int64()), number)
    lists = pa.LargeListArray.from_arrays(lists.offsets, lists.values)
    return lists.take(kin.indices)
