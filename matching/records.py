"""Records encoded for matching: sorted by their content, and with numbers in place of distinct values."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from matching.arrays import Ints
from matching.blocking_keys import codes_of, head_of, keys_and_shares, kin_lists
from matching.ids import fits
from matching.names import in_letters
from matching.placeholders import real_values

# The columns that a table of people must have; all but record_id and source may be empty. The docstring of the package ``matching``
# says what they mean.
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
    "hamlet",
    "address",
    "kin",
    "phone",
)
Positions = npt.NDArray[np.signedinteger[Any]]  # places of records in ``People``
MOST_SOURCES = 64  # bits of the number that marks in which sources a record is settled
_WHOLE = 18  # characters of an ID
_MIXING = np.uint64(0x9E3779B97F4A7C15)  # an odd number of evenly spread bits (Knuth, multiplicative hashing)
LARGEST_HOUSEHOLD = 12  # records of one source with the same kin in one village; more are not one household


@dataclass(frozen=True, slots=True)
class People:
    """Encoded records. All columns are in the order of the records' content, so that the order of the input has no influence.

    ``source``: per record the position of its source in ``sources``. ``compared``: dictionary-encoded values for
    ``matching.levels.record_levels``. ``keys``: numbers that ``matching.block`` joins on. ``shares``: per record how frequent its
    name, the sound of its name ('sound') and the sound of its given name ('given') are, as shares of all records.
    """

    record_id: pa.Array
    source: Ints
    sources: list[str]
    compared: pa.RecordBatch
    keys: pa.Table
    shares: dict[str, npt.NDArray[np.float32]]
    valid_number: Ints  # code of the ID if its check digit is right, else -1
    number_birth: Ints  # yyyymmdd in the ID, complete or damaged; -1 where there is none
    in_letters: npt.NDArray[np.bool_]  # is the name in Latin letters?
    spill: Path | None = None  # as for ``memory_database``

    def __len__(self) -> int:
        return len(self.source)


def encode_records(people: pd.DataFrame | pa.Table, threads: int | None = None, spill: Path | None = None) -> People:
    """Encode ``people`` (columns ``PEOPLE``). Raises KeyError if a column is missing, ValueError if a record_id or source is empty, a
    record_id occurs twice, or there are more than 64 sources."""
    table = people if isinstance(people, pa.Table) else pa.Table.from_pandas(people[list(PEOPLE)], preserve_index=False)
    columns = {name: _typed(table[name], name) for name in PEOPLE}
    _check(columns["record_id"], columns["source"])
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        columns |= real_values(columns, pool)
        coded = _encode(columns, pool)
        indices = pa.array(_content_order(coded, columns["record_id"]))
        encoded = {name: _take(column, indices) for name, column in coded.items()}
        source = encoded["source"]
        label = np.argsort(np.argsort(source.dictionary.to_numpy(zero_copy_only=False)))
        source_codes = label[codes_of(source)].astype(np.int64) if len(source) else np.zeros(0, dtype=np.int64)
        keyed = pool.submit(keys_and_shares, encoded, source_codes)
        kin_numbers = pool.submit(_kin_numbers, encoded, source_codes)
        valid, births = pool.submit(_valid_numbers, encoded["id_number"]), pool.submit(_number_births, encoded)
        kin = pool.submit(kin_lists, encoded["kin"])
        keys, shares = keyed.result()
    keys["kin"] = kin.result()
    encoded["kin_numbers"] = kin_numbers.result()
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
        valid.result(),
        births.result(),
        np.append(in_letters(encoded["name"].dictionary), False)[codes_of(encoded["name"])],
        spill,
    )


def _check(record_id: pa.Array, source: pa.Array) -> None:
    if record_id.null_count or source.null_count:
        raise ValueError(f"rows without record_id: {record_id.null_count}, without source: {source.null_count}")
    repeated = len(record_id) - len(record_id.dictionary_encode().dictionary)
    if repeated:
        raise ValueError(f"rows that repeat a record_id: {repeated}")
    sources = len(source.dictionary_encode().dictionary)
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


def _content_order(coded: dict[str, pa.Array], record_id: pa.Array) -> Ints:
    """Row numbers sorted by a hash of the row's content, rows of equal content by the size of their source and their record_id. Neighbours
    in this order have nothing in common but chance, and a row more or less moves no other while the same source is the largest:
    samples are drawn by it. The hash is the same on every machine and in every version of the engines, so that two runs on the same
    rows learn the same. What a source is called does not matter, so that A and B give what B and A give."""
    hashes = np.zeros(len(record_id), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for name, column in sorted(coded.items()):
            if name != "source":
                column = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
                values = column.dictionary.cast(pa.string()).to_numpy(zero_copy_only=False)
                of_value = np.append(pd.util.hash_array(values, categorize=False), np.uint64(0))  # the last one: missing
                hashes = (hashes ^ of_value[codes_of(column)]) * _MIXING
                hashes ^= hashes >> np.uint64(29)
    order = np.argsort(hashes, kind="stable")
    ranked = hashes[order]
    tied = np.zeros(len(ranked), dtype=bool)
    tied[1:] = ranked[1:] == ranked[:-1]
    tied[:-1] |= tied[1:]
    if tied.any():
        rows = order[tied]
        ids = record_id.take(pa.array(rows)).to_numpy(zero_copy_only=False)
        source = codes_of(coded["source"])
        order[tied] = rows[np.lexsort((ids, np.bincount(source)[source[rows]], hashes[rows]))]
    return order


def _encode(columns: dict[str, pa.Array], pool: ThreadPoolExecutor) -> dict[str, pa.Array]:
    """The columns dictionary-encoded; columns that are compared with one another share a dictionary."""
    together = (("id_number", "id_other"), ("name", "former_name"))
    alone = ("kin", "phone", "address", "village", "hamlet", "id_known", "source", "sex", "township")
    # Where a source names villages and no townships, villages are told by their names alone.
    townships = pa.nulls(len(columns["township"]), pa.string()) if _townless(columns) else columns["township"]
    homes = {"village": pc.binary_join_element_wise(pc.fill_null(townships, ""), columns["village"], "/")}
    homes["hamlet"] = pc.binary_join_element_wise(homes["village"], columns["hamlet"], "/")
    values = [pa.concat_arrays([columns[name] for name in group]) for group in together]
    values += [homes.get(name, columns[name]) for name in alone]
    coded = list(pool.map(lambda column: column.dictionary_encode(), values))
    size = len(columns["source"])
    out = dict(zip(alone, coded[len(together) :], strict=True))
    for group, both in zip(together, coded, strict=False):
        out |= {name: both.slice(i * size, size) for i, name in enumerate(group)}
    return out | {"birthdate": columns["birthdate"], "birth_implied": columns["birth_implied"]}


def _townless(columns: dict[str, pa.Array]) -> bool:
    """Does a source name villages and no townships?"""
    counts = (
        pa.table({"source": columns["source"], "township": columns["township"], "village": columns["village"]})
        .group_by("source")
        .aggregate([("township", "count"), ("village", "count")])
    )
    return bool(pc.any(pc.and_(pc.equal(counts["township_count"], 0), pc.greater(counts["village_count"], 0))).as_py())


def _take(column: pa.Array, indices: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        return pa.DictionaryArray.from_arrays(column.indices.take(indices), column.dictionary)
    return column.take(indices)


def _valid_numbers(numbers: pa.DictionaryArray) -> Ints:
    texts, codes = numbers.dictionary, codes_of(numbers)
    if not len(texts):
        return codes
    valid = pc.equal(pc.binary_length(texts), _WHOLE).to_numpy(zero_copy_only=False).copy()
    whole = texts.filter(pa.array(valid)).cast(pa.binary()).cast(pa.binary(_WHOLE))
    if len(whole):
        valid[valid] = fits(np.frombuffer(whole.buffers()[1], dtype=np.uint8)[: len(whole) * _WHOLE].reshape(-1, _WHOLE))
    return np.where((codes >= 0) & valid[codes], codes, -1)


def _number_births(encoded: dict[str, pa.Array]) -> Ints:
    births = pc.utf8_slice_codeunits(head_of(encoded), 6)
    digits = pc.if_else(pc.match_substring_regex(births, r"^[0-9]{8}$"), births, pa.scalar(None, births.type))
    return np.asarray(pc.fill_null(digits.cast(pa.int64()), -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _kin_numbers(encoded: dict[str, pa.Array], source: Ints) -> pa.DictionaryArray:
    """Per record one text of its household: the number of its source and the IDs of the children there who have the same kin and live in
    the same village, its own included, '|' between them; null where there are fewer than two."""
    kin, village, number = (codes_of(encoded[name]) for name in ("kin", "village", "id_number"))
    rows = np.flatnonzero((kin >= 0) & (village >= 0) & (number >= 0))
    family = source[rows] * len(encoded["kin"].dictionary) + kin[rows]
    several = np.bincount(family)[family] > 1
    rows, home = rows[several], family[several] * len(encoded["village"].dictionary) + village[rows[several]]
    order = np.argsort(home, kind="stable")
    rows, home = rows[order], home[order]
    starts = np.ones(len(rows), dtype=bool)
    starts[1:] = np.diff(home) != 0
    household = np.cumsum(starts) - 1
    size = np.bincount(household)
    usable = ((size > 1) & (size <= LARGEST_HOUSEHOLD))[household] if len(rows) else starts
    rows, household = rows[usable], np.unique(household[usable], return_inverse=True)[1]
    offsets = np.append(0, np.cumsum(np.bincount(household))) if len(rows) else np.zeros(1, dtype=np.int64)
    numbers = encoded["id_number"].dictionary.take(pa.array(number[rows]))
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), numbers), "|")
    joined = pc.binary_join_element_wise(pa.array(source[rows[offsets[:-1]]]).cast(pa.string()), joined, "|")
    of_record = np.full(len(source), -1, dtype=np.int32)
    of_record[rows] = household
    return pa.DictionaryArray.from_arrays(pa.array(of_record, mask=of_record < 0), joined)
