"""Columns of text worked on by Arrow, or value by value where a text needs it: each distinct one once."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:  # takes a fifth of a second to load
    import pandas as pd


def text_array(texts: "pd.Series") -> pa.Array:
    """The column as one Arrow array of strings, missing ones null."""
    column = pa.array(texts, pa.string(), from_pandas=True)
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def series_of(column: pa.Array, index: "pd.Index") -> "pd.Series":
    """The array as a pandas column under ``index``: strings as type ``str``, days as ``datetime64[us]``."""
    return (column.cast(pa.timestamp("us")) if pa.types.is_date32(column.type) else column).to_pandas().set_axis(index)


def has_any_of(texts: "pd.Series", marks: str) -> bool:
    """Does any text hold one of the ASCII characters ``marks``? Looked up in the column's bytes, of all texts at once."""
    data = text_array(texts).buffers()[2]
    characters = np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, dtype=np.uint8)
    return any(bool((characters == ord(mark)).any()) for mark in marks)


def joined_distinct(parts: Sequence[pa.Array], but: pa.Array | None = None) -> pa.Array:
    """Per row the texts of ``parts``, each once and none that equals the row's ``but``, with '|' between them; null where
    there is none."""
    seen = [] if but is None else [but]
    joined: pa.Array | None = None
    for part in parts:
        for earlier in seen:
            part = pc.if_else(pc.equal(part, earlier).fill_null(False), pa.scalar(None, part.type), part)
        seen.append(part)
        joined = part if joined is None else pc.coalesce(pc.binary_join_element_wise(joined, part, "|"), joined, part)
    return joined


def zero_filled(numbers: "pd.Series", width: int) -> "pd.Series":
    """Whole numbers as texts of ``width`` digits and more, zeros in front."""
    return series_of(pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0"), numbers.index)


def places_among(texts: "pd.Series", among: "pd.Series") -> npt.NDArray[np.int64]:
    """The first place of each text in ``among``, -1 where it is not among them or missing."""
    places = pc.index_in(text_array(texts), value_set=text_array(among), skip_nulls=True)
    return places.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)


def on_distinct(
    texts: "pd.Series", function: Callable[[str], object], kind: pa.DataType | None = None, same: str | None = None
) -> "pd.Series":
    """``function`` of each text, called once for each distinct one; missing stays missing.

    ``kind``: the Arrow type of the values, text by default. ``same``: a pattern (RE2) of texts that ``function`` of text
    returns unchanged, for which it is not called at all.
    """
    column = text_array(texts)
    unchanged = pc.match_substring_regex(column, same) if same else None
    coded = (column if unchanged is None else pc.if_else(unchanged, pa.scalar(None, column.type), column)).dictionary_encode()
    values = pa.array(map(function, coded.dictionary.to_pylist()), kind or pa.string(), size=len(coded.dictionary))
    values = values.take(coded.indices)
    if unchanged is not None:
        values = pc.if_else(unchanged, column, values)
    return series_of(values, texts.index)


def pairs_on_distinct(
    texts: "pd.Series", function: Callable[[str], tuple[str | None, str | None]]
) -> "tuple[pd.Series, pd.Series]":
    """The two columns of text that ``function`` makes of each text, called once for each distinct one; of a missing one two
    missing ones."""
    coded = text_array(texts).dictionary_encode()
    pairs = [function(text) for text in coded.dictionary.to_pylist()]
    first, second = (pa.array([pair[side] for pair in pairs], pa.string()).take(coded.indices) for side in (0, 1))
    return series_of(first, texts.index), series_of(second, texts.index)
