"""Comparison: two aligned batches of records in, one agreement level per field out.

``compare_records`` is the seam to any engine that deals out pairs: a pure function of two Arrow batches (dictionary-encoded
columns of ``matching.records.PEOPLE`` and ``kin_numbers``, the IDs of the children of its household). It works on the distinct
values of a batch, never on rows in Python.
"""

from collections.abc import Callable
from functools import reduce

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.fuzz import token_sort_ratio
from rapidfuzz.process import cpdist

from matching.arrays import Codes, Flags, Ints, count_of
from matching.levels.birth_levels import BIRTH_LEVELS, compare_births, first_of_year
from matching.levels.id_levels import BORROWABLE, ID_LEVELS, LIKE, compare_ids, compare_remains
from matching.levels.name_levels import AGREE, NAME_LEVELS, compare_names
from matching.names import sound_keys

# What a pair can show depends on what its two registers carry. Levels are therefore told apart by what was there to be
# compared (GROUPS), or a register that names one guardian only would look like evidence.
KIN_LEVELS = (
    "missing",
    "several",  # both sides name two or more: two or more in common
    "one_of_several",
    "none_of_several",
    "same",  # one side names one alone: the same name, or the same phone
    "alike",  # the same sound
    "different",
)
PLACE_LEVELS = (
    "missing",
    "village",  # both villages known
    "other_village",
    "different",
    "township",  # one village unknown
    "other_township",
)
ADDRESS_LEVELS = ("missing", "same", "close", "part", "different")
SEX_LEVELS = ("missing", "same", "different")
COMPARED_FIELDS: dict[str, tuple[str, ...]] = {
    "name": NAME_LEVELS,
    "id": ID_LEVELS,
    "birth": BIRTH_LEVELS,
    "kin": KIN_LEVELS,
    "place": PLACE_LEVELS,
    "address": ADDRESS_LEVELS,
    "sex": SEX_LEVELS,
}
GROUPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "kin": (("several", "one_of_several", "none_of_several"), ("same", "alike", "different")),
    "place": (("village", "other_village", "different"), ("township", "other_township")),
}
RECORD_LEVEL = {field: {level: code for code, level in enumerate(levels)} for field, levels in COMPARED_FIELDS.items()}
_SLIP = 0.92  # Jaro-Winkler similarity of two spellings of one place
_CLOSE, _PART = 80.0, 55.0  # token-sort ratio of two addresses, per cent


def compare_records(left: pa.RecordBatch, right: pa.RecordBatch) -> dict[str, Codes]:
    """Level codes per field of COMPARED_FIELDS for each row of the two aligned batches."""
    names = _names(left, right)
    codes = {
        "name": names,
        "id": _ids(left, right, names),
        "birth": _births(left, right),
        "kin": _kin(left, right),
        "place": _places(left, right),
        "address": _on_distinct(left["address"], right["address"], _addresses, RECORD_LEVEL["address"]["same"]),
        "sex": _sexes(left, right),
    }
    compared = np.isin(codes["id"], [RECORD_LEVEL["id"][level] for level in (*BORROWABLE, *LIKE)])
    implied = _flags(left["birth_implied"]) | _flags(right["birth_implied"])
    codes["birth"][implied & compared & (codes["birth"] > 0)] = RECORD_LEVEL["birth"]["implied"]
    return codes


def _names(left: pa.RecordBatch, right: pa.RecordBatch) -> Codes:
    out = _on_distinct(left["name"], right["name"], compare_names, RECORD_LEVEL["name"]["exact"])
    for one, other in ((left, right), (right, left)):
        former, name = _same_codes(one["former_name"], other["name"])
        was = (former >= 0) & (former == name)
        out[was & ((out > RECORD_LEVEL["name"]["former"]) | (out == 0))] = RECORD_LEVEL["name"]["former"]
    rows = np.flatnonzero(out == RECORD_LEVEL["name"]["surname_changed"])
    for one, other in ((left, right), (right, left)):
        surnames, kin = (side.take(pa.array(rows)).dictionary_decode().to_pylist() for side in (one["name"], other["kin"]))
        of_kin = [k is not None and any(n[0] == s[0] for n in k.split("|") if n) for s, k in zip(surnames, kin, strict=True)]
        own = [n[0] for n in other["name"].take(pa.array(rows)).dictionary_decode().to_pylist()]
        inherited = [s[0] != o for s, o in zip(surnames, own, strict=True)]
        out[rows[np.array(of_kin, dtype=bool) & np.array(inherited, dtype=bool)]] = RECORD_LEVEL["name"]["surname_of_kin"]
    return out


def _ids(left: pa.RecordBatch, right: pa.RecordBatch, names: Codes) -> Codes:
    level = RECORD_LEVEL["id"]
    out = _on_distinct(left["id_number"], right["id_number"], compare_ids, level["exact"])
    for one, other in ((left, right), (right, left)):
        _remains(one, other, out)
    for one, other in ((left, right), (right, left)):
        older, number = _same_codes(one["id_other"], other["id_number"])
        out[(older >= 0) & (older == number) & (out != level["exact"])] = level["other_exact"]
    older, number = _same_codes(left["id_other"], right["id_other"])
    out[(older >= 0) & (older == number) & (out != level["exact"])] = level["other_exact"]
    named = np.isin(names, [RECORD_LEVEL["name"][one] for one in AGREE])
    rows = np.flatnonzero(np.isin(out, [level["different"], level["different_invalid"]]) & named)
    for one, other in ((left, right), (right, left)):
        known = rows[_flags(pc.and_(other["kin_numbers"].is_valid(), one["id_number"].is_valid()))[rows]]
        number, household, own = (
            column.take(pa.array(known)).dictionary_decode().to_pylist()
            for column in (one["id_number"], other["kin_numbers"], one["kin_numbers"])
        )
        # In one household of one register each record's number is its own.
        theirs = np.array([n in h.split("|") and h != o for n, h, o in zip(number, household, own, strict=True)], dtype=bool)
        out[known[theirs]] = level["of_sibling"]
    return out


def _remains(one: pa.RecordBatch, other: pa.RecordBatch, out: Codes) -> None:
    """Numbers of which only the leading digits survived, against what the other side shows."""
    known = one["id_known"]
    shown = pc.coalesce(other["id_known"].dictionary_decode(), other["id_number"].dictionary_decode())
    rows = np.flatnonzero(_flags(pc.and_(known.is_valid(), shown.is_valid())))
    if len(rows):
        pick = pa.array(rows)
        out[rows] = compare_remains(known.dictionary_decode().take(pick).to_pylist(), shown.take(pick).to_pylist())


def _births(left: pa.RecordBatch, right: pa.RecordBatch) -> Codes:
    days = [pc.fill_null(side["birthdate"].cast(pa.int32()), _NO_DAY).to_numpy(zero_copy_only=False) for side in (left, right)]
    out = np.full(len(days[0]), RECORD_LEVEL["birth"]["exact"], dtype=np.uint8)
    out[(days[0] == _NO_DAY) | (days[1] == _NO_DAY)] = 0
    out[(days[0] == days[1]) & (out > 0) & first_of_year(days[0].astype("datetime64[D]"))] = RECORD_LEVEL["birth"][
        "first_of_year"
    ]
    rest = np.flatnonzero((days[0] != days[1]) & (out > 0))
    keys, inverse = np.unique(days[0][rest].astype(np.int64) * _DAYS + days[1][rest], return_inverse=True)
    one = np.floor_divide(keys + _DAYS // 2, _DAYS)
    distinct = [day.astype("datetime64[D]") for day in (one, keys - one * _DAYS)]
    out[rest] = compare_births(*distinct)[inverse]
    return out


_NO_DAY = np.iinfo(np.int32).min
_DAYS = 1 << 32


def _kin(left: pa.RecordBatch, right: pa.RecordBatch) -> Codes:
    level = RECORD_LEVEL["kin"]
    (one, other), (sound_one, sound_other) = _kin_names(left["kin"], right["kin"])
    counts = [count_of(side >= 0) for side in (one, other)]
    listed = np.minimum(*counts)
    common, alike = _common(one, other), _common(sound_one, sound_other)
    out = np.full(left.num_rows, level["different"], dtype=np.uint8)
    out[alike > 0] = level["alike"]
    out[common > 0] = level["same"]
    phone, other_phone = _same_codes(left["phone"], right["phone"])
    called = (phone >= 0) & (phone == other_phone)
    out[called] = level["same"]
    several = listed > 1
    out[several] = level["none_of_several"]
    out[several & ((alike > 0) | called)] = level["one_of_several"]
    out[several & (alike > 1)] = level["several"]
    out[(listed == 0) & ~called] = level["missing"]
    return out


def _kin_names(left: pa.DictionaryArray, right: pa.DictionaryArray) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
    """Matrices (rows, most names) of numbers of each side's kin, -1 where there is none: by spelling, and by sound."""
    one, other = _same_codes(left, right)
    used, where = np.unique(np.concatenate([one, other]), return_inverse=True)
    texts = _dictionary(left, right).take(pa.array(used, mask=used < 0))
    lists = pc.split_pattern(texts, "|")
    names = lists.flatten().dictionary_encode()
    number = names.indices.to_numpy(zero_copy_only=False)
    count = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    owner = np.repeat(np.arange(len(texts)), count)
    place = np.arange(len(number)) - np.repeat(np.cumsum(count) - count, count)
    sounds = np.unique(sound_keys(names.dictionary.to_pylist())[0], return_inverse=True)[1]
    out = []
    for numbers in (number, sounds[number] if len(number) else number):
        matrix = np.full((len(texts), int(count.max(initial=1))), -1, dtype=np.int64)
        matrix[owner, place] = numbers
        out.append((matrix[where[: len(one)]], matrix[where[len(one) :]]))
    return out[0], out[1]


def _common(one: Ints, other: Ints) -> npt.NDArray[np.uint8]:
    """How many names two records have in common; of a name listed twice on one side, one."""
    counts = []
    for mine, others in ((one, other), (other, one)):
        count = np.zeros(len(mine), dtype=np.uint8)
        for name in mine.T:
            count += reduce(np.logical_or, (name == theirs for theirs in others.T)) & (name >= 0)
        counts.append(count)
    return np.minimum(*counts)


def _places(left: pa.RecordBatch, right: pa.RecordBatch) -> Codes:
    level = RECORD_LEVEL["place"]
    township, other_township = _same_codes(left["township"], right["township"])
    village, other_village = _same_codes(left["village"], right["village"])
    known = (village >= 0) & (other_village >= 0)
    same = _on_distinct(left["township"], right["township"], _misspelt, 1) > 0
    out = np.where(known, level["different"], level["other_township"]).astype(np.uint8)
    out[same] = level["township"]
    out[same & known] = level["other_village"]
    out[known & (village == other_village)] = level["village"]
    out[(township < 0) | (other_township < 0)] = level["missing"]
    bare = known & (township < 0) & (other_township < 0)  # lists that name villages alone
    out[bare] = np.where(village == other_village, level["village"], level["different"])[bare]
    return out


def _misspelt(left: list[str], right: list[str]) -> Codes:
    """1 where two names of places in letters are but a slip apart; in characters every name is another place."""
    letters = np.array([a.isascii() and b.isascii() for a, b in zip(left, right, strict=True)], dtype=bool)
    return ((cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float32) >= _SLIP) & letters).astype(np.uint8)


def _addresses(left: list[str], right: list[str]) -> Codes:
    ratio = cpdist(left, right, scorer=token_sort_ratio, dtype=np.float32)
    out = np.full(len(left), RECORD_LEVEL["address"]["different"], dtype=np.uint8)
    out[ratio >= _PART] = RECORD_LEVEL["address"]["part"]
    out[ratio >= _CLOSE] = RECORD_LEVEL["address"]["close"]
    return out


def _sexes(left: pa.RecordBatch, right: pa.RecordBatch) -> Codes:
    sex, other = _same_codes(left["sex"], right["sex"])
    out = np.where(sex == other, RECORD_LEVEL["sex"]["same"], RECORD_LEVEL["sex"]["different"]).astype(np.uint8)
    out[(sex < 0) | (other < 0)] = 0
    return out


def _on_distinct(
    left: pa.DictionaryArray, right: pa.DictionaryArray, function: Callable[[list[str], list[str]], Codes], equal: int
) -> Codes:
    """``function`` of each distinct pair of unequal values, spread back; ``equal`` where they are one, 0 where missing."""
    one, other = _same_codes(left, right)
    out = np.full(len(one), equal, dtype=np.uint8)
    missing = (one < 0) | (other < 0)
    rest = np.flatnonzero((one != other) & ~missing)
    out[missing] = 0
    if len(rest):
        values = _dictionary(left, right)
        keys, inverse = np.unique(one[rest] * len(values) + other[rest], return_inverse=True)
        sides = [values.take(pa.array(codes)).to_pylist() for codes in (keys // len(values), keys % len(values))]
        out[rest] = function(*sides)[inverse]
    return out


def _same_codes(left: pa.DictionaryArray, right: pa.DictionaryArray) -> tuple[Ints, Ints]:
    """Codes of two columns over one dictionary, -1 where missing."""
    if left.dictionary is not right.dictionary and not _one_buffer(left.dictionary, right.dictionary):
        left, right = pa.chunked_array([left, right]).unify_dictionaries().chunks
    return _codes(left), _codes(right)


def _dictionary(left: pa.DictionaryArray, right: pa.DictionaryArray) -> pa.Array:
    if _one_buffer(left.dictionary, right.dictionary):
        return left.dictionary
    return pa.chunked_array([left, right]).unify_dictionaries().chunk(0).dictionary


def _one_buffer(left: pa.Array, right: pa.Array) -> bool:
    """Are the two dictionaries the very same memory? Comparing their values would cost more than the work saved."""
    one, other = ([b.address if b else 0 for b in side.buffers()] for side in (left, right))
    return len(left) == len(right) and one == other


def _codes(column: pa.DictionaryArray) -> Ints:
    return np.asarray(pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _flags(column: pa.Array) -> Flags:
    return np.asarray(pc.fill_null(column, False).to_numpy(zero_copy_only=False), dtype=bool)
