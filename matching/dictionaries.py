"""Two aligned dictionary-encoded columns, worked on by their distinct values."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from matching.arrays import Codes, Flags, Ints


def level_of_values(
    left: pa.DictionaryArray, right: pa.DictionaryArray, function: Callable[[pa.Array, pa.Array], Codes], equal: int
) -> Codes:
    """Returns per row ``function`` of the two values, which is called once for each distinct pair of unequal values; ``equal`` where
    the two are equal, 0 where one is missing."""
    left_codes, right_codes = shared_codes(left, right)
    out = np.full(len(left_codes), equal, dtype=np.uint8)
    missing = (left_codes < 0) | (right_codes < 0)
    rest = np.flatnonzero((left_codes != right_codes) & ~missing)
    out[missing] = 0
    if len(rest):
        values = shared_dictionary(left, right)
        inverse, keys = pd.factorize(left_codes[rest] * len(values) + right_codes[rest])
        sides = (values.take(pa.array(codes)) for codes in np.divmod(keys, len(values)))
        out[rest] = function(*sides)[inverse]
    return out


def shared_codes(left: pa.DictionaryArray, right: pa.DictionaryArray) -> tuple[Ints, Ints]:
    """Codes of both columns in one shared dictionary, -1 where missing."""
    if left.dictionary is not right.dictionary and not _one_buffer(left.dictionary, right.dictionary):
        left, right = pa.chunked_array([left, right]).unify_dictionaries().chunks
    return _codes(left), _codes(right)


def shared_dictionary(left: pa.DictionaryArray, right: pa.DictionaryArray) -> pa.Array:
    """The shared dictionary of both columns."""
    if _one_buffer(left.dictionary, right.dictionary):
        return left.dictionary
    return pa.chunked_array([left, right]).unify_dictionaries().chunk(0).dictionary


def _one_buffer(left: pa.Array, right: pa.Array) -> bool:
    """Are the two dictionaries the same memory? To compare their values would cost more than it saves."""
    addresses_l, addresses_r = ([b.address if b else 0 for b in side.buffers()] for side in (left, right))
    return len(left) == len(right) and addresses_l == addresses_r


def _codes(column: pa.DictionaryArray) -> Ints:
    return np.asarray(pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def flags_of(column: pa.Array) -> Flags:
    return np.asarray(pc.fill_null(column, False).to_numpy(zero_copy_only=False), dtype=bool)
