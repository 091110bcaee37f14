"""A table of people made ready for matching: put in the order of its content, encoded by distinct values."""

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from matching.ids import fits
from matching.names import code_points, fold, is_latin, sound_keys, spell
from matching.stand_ins import real_values

# What a table of people must hold; anything but record_id and source may be missing (null) throughout.
# id_known: leading digits of a damaged number. id_other: an older number, a second key. birth_implied: the birthdate was
# read off the ID. village: within its township. kin: names of guardians, parents, head of household, '|' between them.
PEOPLE = (
    "record_id",
    "source",
    "name",
    "former_name",
    "id_number",
    "id_known",
    "id_other",
    "birthdate",
    "birth_implied",
    "sex",
    "township",
    "village",
    "address",
    "kin",
    "phone",
)
Ints = npt.NDArray[np.int64]
Positions = npt.NDArray[np.signedinteger[Any]]  # of records in the prepared order
_HEAD = 14  # characters of an ID: division and birthdate
_LONG_WORD = 4
MOST_SOURCES = 64  # bits of a number
_PREFIX = 3  # letters of a word that survive most slips


@dataclass(frozen=True, slots=True)
class People:
    """``compared``: dictionary-encoded columns for ``matching.compare``; ``keys``: numbers for ``matching.blocking``;
    ``shares``: per record how frequent its name, the sound of its name and of its given name are. All rows in the order
    of their content, so that the order they came in has no influence."""

    record_id: pa.Array
    source: Ints
    sources: list[str]
    compared: pa.RecordBatch
    keys: pa.Table
    shares: dict[str, npt.NDArray[np.float32]]
    valid_number: Ints  # code of the record's ID where its check digit fits, else -1
    number_birth: Ints  # yyyymmdd as the ID says, be it whole or cut; -1 where it does not
    in_letters: npt.NDArray[np.bool_]  # is the name in Latin letters?

    def __len__(self) -> int:
        return len(self.source)


def prepare(people: pd.DataFrame | pa.Table) -> People:
    """Encode ``people`` (columns PEOPLE). Raises KeyError where a column is absent, ValueError where a record_id or source is
    missing, a record_id occurs twice, or there are more sources than the bits that mark settled ones."""
    table = people if isinstance(people, pa.Table) else pa.Table.from_pandas(people[list(PEOPLE)], preserve_index=False)
    columns = {name: _typed(table[name], name) for name in PEOPLE}
    _check(columns["record_id"], columns["source"])
    columns |= real_values(columns)
    order = _content_order(columns)
    indices = pa.array(order)
    encoded = {name: _take(column, indices) for name, column in _encode(columns).items()}
    names = encoded["name"].dictionary.to_pylist()
    source = encoded["source"]
    label = np.argsort(np.argsort(source.dictionary.to_numpy(zero_copy_only=False)))
    source_codes = label[_codes(source)].astype(np.int64) if len(source) else np.zeros(0, dtype=np.int64)
    keys, shares = _keys(encoded, names, source_codes)
    compared = pa.RecordBatch.from_pydict({n: c for n, c in encoded.items() if n not in ("record_id", "source")})
    keys["source"] = pa.array(source_codes, pa.uint8())
    keys["n"] = pa.array(np.arange(len(source), dtype=np.int32))
    return People(
        columns["record_id"].take(indices),
        source_codes,
        sorted(source.dictionary.to_pylist()),
        compared,
        pa.table(keys),
        shares,
        _valid_numbers(encoded["id_number"]),
        _number_births(encoded),
        _in_letters(encoded["name"]),
    )


def _check(record_id: pa.Array, source: pa.Array) -> None:
    if record_id.null_count or source.null_count:
        raise ValueError(f"rows without record_id: {record_id.null_count}, without source: {source.null_count}")
    repeated = len(record_id) - pc.count_distinct(record_id).as_py()
    if repeated:
        raise ValueError(f"rows that repeat a record_id: {repeated}")
    sources = pc.count_distinct(source).as_py()
    if sources > MOST_SOURCES:
        raise ValueError(f"sources: {sources}; at most {MOST_SOURCES} can be linked at once")


def _typed(column: pa.ChunkedArray, name: str) -> pa.Array:
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(column, pa.ChunkedArray):  # no chunk at all
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if name == "birthdate":
        return column.cast(pa.date32(), safe=False) if not pa.types.is_null(column.type) else column.cast(pa.date32())
    if name == "birth_implied":
        return pc.fill_null(column.cast(pa.bool_()), False)
    return column.cast(pa.string())


def _content_order(columns: dict[str, pa.Array]) -> Ints:
    """Row numbers in the order of a hash of the row's content, equal rows in that of their record_id."""
    content = [name for name in PEOPLE if name != "record_id"]
    with duckdb.connect() as con:
        con.register("people", pa.table(columns))
        hashes = con.sql(f"select hash({', '.join(content)}) as h from people").to_arrow_table()["h"].to_numpy()
    order = np.argsort(hashes, kind="stable")
    ranked = hashes[order]
    tied = np.zeros(len(ranked), dtype=bool)
    tied[1:] = ranked[1:] == ranked[:-1]
    tied[:-1] |= tied[1:]
    if tied.any():
        rows = order[tied]
        ids = columns["record_id"].take(pa.array(rows)).to_numpy(zero_copy_only=False)
        order[tied] = rows[np.lexsort((ids, hashes[rows]))]
    return order


def _encode(columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """Dictionary-encoded, those that are compared with one another over one dictionary."""
    out: dict[str, pa.Array] = {}
    for group in (("name", "former_name"), ("id_number", "id_other")):
        both = pa.concat_arrays([columns[n] for n in group]).dictionary_encode()
        size = len(columns[group[0]])
        out |= {name: both.slice(i * size, size) for i, name in enumerate(group)}
    for name in ("source", "id_known", "sex", "township", "address", "kin", "phone"):
        out[name] = columns[name].dictionary_encode()
    out["village"] = pc.binary_join_element_wise(columns["township"], columns["village"], "/").dictionary_encode()
    return out | {"birthdate": columns["birthdate"], "birth_implied": columns["birth_implied"]}


def _take(column: pa.Array, indices: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        return pa.DictionaryArray.from_arrays(column.indices.take(indices), column.dictionary)
    return column.take(indices)


def _in_letters(names: pa.DictionaryArray) -> npt.NDArray[np.bool_]:
    letters = pc.match_substring_regex(names.dictionary, r"^[\x{0}-\x{24F}·]+$").take(names.indices)
    return np.asarray(pc.fill_null(letters, False).to_numpy(zero_copy_only=False), dtype=bool)


def _valid_numbers(numbers: pa.DictionaryArray) -> Ints:
    texts, codes = numbers.dictionary.to_pylist(), _codes(numbers)
    if not texts:
        return codes
    valid = np.array([len(text) == 18 for text in texts])
    rows = np.flatnonzero(valid)
    if len(rows):
        joined = "".join(texts[i] for i in rows).encode("ascii", "replace")
        valid[rows] = fits(np.frombuffer(joined, dtype=np.uint8).reshape(-1, 18))
    return np.where((codes >= 0) & valid[codes], codes, -1)


def _codes(column: pa.DictionaryArray) -> npt.NDArray[np.int64]:
    """Codes of a dictionary column, -1 where missing."""
    return pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)


def _keys(
    encoded: dict[str, pa.Array], names: list[str], source: Ints
) -> tuple[dict[str, pa.Array], dict[str, npt.NDArray[np.float32]]]:
    """Columns of numbers that blocking joins on (null where missing), and the shares of names and sounds."""
    name, former, number = _codes(encoded["name"]), _codes(encoded["former_name"]), _codes(encoded["id_number"])
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
        "surname": _spread(matrix[:, 0].astype(np.int64), name),
        "words": words,
        "address_words": _address_words(encoded["address"], words),
        "id": _spread(np.arange(len(encoded["id_number"].dictionary)), number),
        "other_id": _spread(np.arange(len(encoded["id_number"].dictionary)), _codes(encoded["id_other"])),
        "id_tail": _spread(_part(encoded["id_number"].dictionary, -8, None), number),
        "id_head": _heads(encoded),
        "birth": birth.cast(pa.int32()),
        "birth_year": pc.year(birth),
        "birth_day": pc.add(pc.multiply(pc.month(birth), 100), pc.day(birth)),
        "implied": encoded["birth_implied"],
        "kin": _kin_lists(encoded["kin"]),
        **{field: encoded[field].indices for field in ("township", "village", "address", "phone")},
    }
    shares = {
        "name": _share(folded, name, source),
        "sound": _share(pd.factorize(sound)[0].astype(np.int64), name, source),
        "given": _share(pd.factorize(given)[0].astype(np.int64), name, source),
    }
    return keys, shares


def _row_numbers(matrix: npt.NDArray[np.uint32]) -> Ints:
    """A number per row that is equal where rows are: of code points, three to a number, and a hash beyond."""
    number = np.zeros(len(matrix), dtype=np.int64)
    with np.errstate(over="ignore"):
        for column in matrix.T:
            number = number * 0x110001 + column
    return number


def _spread(values: npt.NDArray[np.int64], codes: npt.NDArray[np.int64]) -> pa.Array:
    missing = codes < 0
    if not len(values):
        return pa.nulls(len(codes), pa.int64())
    return pa.array(values[np.where(missing, 0, codes)], pa.int64(), mask=missing)


def _share(group: npt.NDArray[np.int64], codes: npt.NDArray[np.int64], source: Ints) -> npt.NDArray[np.float32]:
    """Per record the share of all records whose value falls into the same group. Of a value that no source has twice, the
    share is Good and Turing's (Good 1953): 2 n2 / n1 records, where n1 values occur once in their source and n2 twice. Its
    own occurrences prove nothing, or a list of names alone would hold each of them for as common as that."""
    there = np.flatnonzero(codes >= 0)
    out = np.full(len(codes), 1 / max(len(codes), 1), dtype=np.float32)
    if not len(there):
        return out
    value, of = group[codes[there]], source[there]
    size = int(value.max()) + 1
    seats, held = np.unique(of * size + value, return_counts=True)
    once, twice = (held == 1).sum(), (held == 2).sum()
    repeated = np.zeros(size, dtype=bool)
    repeated[seats[held > 1] % size] = True
    unseen = min(2 * (twice + 1) / (once + 1), 1.0) / max(len(there) / len(np.unique(of)), 1)
    count = np.bincount(value, minlength=size)
    out[there] = np.where(repeated[value], count[value] / len(codes), unseen)
    return out


def _part(numbers: pa.Array, start: int, stop: int | None) -> npt.NDArray[np.int64]:
    """A number for the characters start:stop of each ID."""
    part = pc.utf8_slice_codeunits(numbers, start, stop) if stop else pc.utf8_slice_codeunits(numbers, start)
    return np.asarray(part.dictionary_encode().indices.to_numpy(zero_copy_only=False), np.int64)


def _heads(encoded: dict[str, pa.Array]) -> pa.Array:
    """A number for division and birthdate of each ID, be it whole or damaged."""
    return _head(encoded).dictionary_encode().indices


def _head(encoded: dict[str, pa.Array]) -> pa.Array:
    heads = [
        pc.utf8_slice_codeunits(encoded[field].dictionary, 0, _HEAD).take(encoded[field].indices)
        for field in ("id_number", "id_known")
    ]
    head = pc.coalesce(*heads)
    return pc.if_else(pc.equal(pc.utf8_length(head), _HEAD), head, pa.scalar(None, head.type))


def _number_births(encoded: dict[str, pa.Array]) -> Ints:
    births = pc.utf8_slice_codeunits(_head(encoded), 6)
    digits = pc.if_else(pc.match_substring_regex(births, r"^[0-9]{8}$"), births, pa.scalar(None, births.type))
    return np.asarray(pc.fill_null(digits.cast(pa.int64()), -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _words(names: list[str], matrix: npt.NDArray[np.uint32], codes: npt.NDArray[np.int64]) -> pa.Array:
    """Beginnings of the words of names in letters, as lists of numbers; null for names in characters."""
    latin = is_latin(matrix) if len(matrix) else np.zeros(0, dtype=bool)
    if not latin.any():
        return pa.nulls(len(codes), pa.list_(pa.int64()))
    lists = [
        [hash_word(word[:_PREFIX]) for word in spell(n) + n.split()] if one else None for n, one in zip(names, latin, strict=True)
    ]
    values = pa.array([*(sorted(set(words)) if words else None for words in lists), None], pa.list_(pa.int64()))
    return values.take(pa.array(np.where(codes < 0, len(names), codes)))


def _address_words(address: pa.DictionaryArray, words: pa.Array) -> pa.Array:
    """Numbers of the longer words of each address, where names are in letters; null elsewhere."""
    if words.null_count == len(words):
        return pa.nulls(len(words), pa.list_(pa.int64()))
    lists = [
        sorted({hash_word(word) for word in text.split() if len(word) >= _LONG_WORD}) for text in address.dictionary.to_pylist()
    ]
    return pa.array(lists, pa.list_(pa.int64())).take(address.indices)


def hash_word(word: str) -> int:
    """A number for the beginning of a word, the same in every process."""
    return int.from_bytes(word.upper().encode("utf-8")[:7], "big")


def _kin_lists(kin: pa.DictionaryArray) -> pa.Array:
    """Per record the numbers of its kin's names."""
    split = pc.split_pattern(kin.dictionary, "|")
    number = split.flatten().dictionary_encode().indices.cast(pa.int64())
    lists = pa.LargeListArray.from_arrays(split.offsets.cast(pa.int64()), number)
    lists = pa.LargeListArray.from_arrays(lists.offsets, lists.values)
    return lists.take(kin.indices)
