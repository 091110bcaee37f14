"""Blocking keys: numbers for names, sounds, IDs, dates, places and kin, which blocking joins on; and how frequent names are."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from matching.arrays import Ints
from matching.latin_keys import Parts, address_words, number_of_beginning, numbered_parts, parts_of, prefix_pairs, words_of
from matching.masked_ids import HIDDEN
from matching.names import code_points, fold, sound_keys

_HEAD = 14  # characters of an ID: division and birthdate


def keys_and_shares(encoded: dict[str, pa.Array], source: Ints) -> tuple[dict[str, pa.Array], dict[str, npt.NDArray[np.float32]]]:
    """Returns (columns of numbers to join on, null where missing, without that of kin; shares of names and sounds per record, as in
    ``People.shares``). ``encoded``: dictionary-encoded columns; ``source``: the number of each record's source."""
    names = encoded["name"].dictionary.to_pylist()
    name, former, number = codes_of(encoded["name"]), codes_of(encoded["former_name"]), codes_of(encoded["id_number"])
    sound, second = sound_keys(names)
    matrix = fold(code_points(names)[0]) if names else np.zeros((0, 1), dtype=np.uint32)
    folded = np.unique(_row_numbers(matrix), return_inverse=True)[1].astype(np.int64)
    parts = parts_of(encoded["name"].dictionary)
    given = sound_keys(_given_names(names, parts))[0]
    birth, words = encoded["birthdate"], words_of(names, matrix, name)
    year, month, day = (part(birth) for part in (pc.year, pc.month, pc.day))
    keys = {
        "name": _spread(folded, name),
        "sound": _spread(sound, name),
        "second_sound": _spread(second, np.where(second[name] == sound[name], -1, name) if len(names) else name),
        "former_sound": _spread(sound, former),
        "given": _spread(given, name),
        "surname": _spread(_surnames(matrix, parts), name),
        "latin_name": _spread_latin(folded, parts, name),
        "latin_pair": _spread_latin(prefix_pairs(len(names), parts), parts, name),
        "words": words,
        "address_words": address_words(encoded["address"], words),
        "id": _spread(np.arange(len(encoded["id_number"].dictionary)), number),
        "other_id": _spread(np.arange(len(encoded["id_number"].dictionary)), codes_of(encoded["id_other"])),
        "id_tail": _spread(_part(encoded["id_number"].dictionary, -8, None), number),
        "id_head": _heads(encoded),
        "birth": birth.cast(pa.int32()),
        "birth_year": year,
        "birth_day": pc.add(pc.multiply(month, 100), day),
        "birth_month": pc.add(pc.multiply(year, 100), month),
        "birth_year_day": pc.add(pc.multiply(year, 100), pc.add(day, 50)),  # no number of ``birth_month``
        "implied": encoded["birth_implied"],
        **{field: encoded[field].indices for field in ("township", "village", "address", "phone")},
    }
    shares = {
        f"latin_{part}": _share(number, at, source) for part, (number, at) in numbered_parts(len(names), parts, name).items()
    } | {
        "name": _share(folded, name, source),
        "sound": _share(pd.factorize(sound)[0].astype(np.int64), name, source),
        "given": _share(pd.factorize(given)[0].astype(np.int64), name, source),
    }
    return keys, shares


def _given_names(names: list[str], parts: Parts) -> list[str]:
    """The given name of each name, the whole of a name of one character or word."""
    given = [name[1:] or name for name in names]
    for place, (first, _, surname) in parts.items():
        given[place] = first or surname
    return given


def _surnames(matrix: npt.NDArray[np.uint32], parts: Parts) -> Ints:
    """A number per surname: its character or, in letters, its beginning."""
    number = matrix[:, 0].astype(np.int64)
    for place, (first, _, surname) in parts.items():
        number[place] = number_of_beginning(surname or first)
    return number


def _spread_latin(values: Ints, parts: Parts, codes: Ints) -> pa.Array:
    """``_spread`` for names in letters with a given name and a surname, null for all others."""
    whole = np.zeros(len(values) + 1, dtype=bool)  # the last one: missing
    whole[[place for place, (first, _, surname) in parts.items() if first and surname]] = True
    return _spread(values, np.where(whole[codes], codes, -1))


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
    number, known = (pc.utf8_slice_codeunits(encoded[field].dictionary, 0, _HEAD) for field in ("id_number", "id_known"))
    known = pc.if_else(pc.match_substring(known, HIDDEN), pa.scalar(None, known.type), known)
    head = pc.coalesce(number.take(encoded["id_number"].indices), known.take(encoded["id_known"].indices))
    return pc.if_else(pc.equal(pc.utf8_length(head), _HEAD), head, pa.scalar(None, head.type))


def kin_lists(kin: pa.DictionaryArray) -> pa.Array:
    """Per record the names of its kin as a list of numbers."""
    split = pc.split_pattern(kin.dictionary, "|")
    number = split.flatten().dictionary_encode().indices.cast(pa.int64())
    lists = pa.LargeListArray.from_arrays(split.offsets.cast(pa.int64()), number)
    lists = pa.LargeListArray.from_arrays(lists.offsets, lists.values)
    return lists.take(kin.indices)
