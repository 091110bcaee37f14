"""Comparison levels of whole records: two aligned batches of records in, one level per field and pair out.

``compare_records`` is a pure function of two Arrow batches, so that another engine that deals out pairs can call it. The batches
have the columns of ``matching.records.PEOPLE`` but for record_id and source, texts dictionary-encoded, and ``kin_numbers``, the
IDs of the children of the record's household. Work is done on the distinct values of a batch, never on rows in Python.
"""

from functools import reduce

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.fuzz import token_sort_ratio
from rapidfuzz.process import cpdist

from matching.arrays import Codes, FieldLevels, Flags, Ints, count_of
from matching.dictionaries import flags_of, level_of_values, shared_codes, shared_dictionary
from matching.levels.birth_levels import BIRTH_LEVELS, compare_births, first_of_year
from matching.levels.id_levels import ID_LEVELS, LIKE_ID, SAME_ID, compare_ids, compare_remains
from matching.levels.latin_levels import GIVEN_LEVELS, MIDDLE_LEVELS, SURNAME_LEVELS, compare_latin
from matching.levels.name_levels import NAME_LEVELS, compare_names
from matching.names import in_letters, sound_keys

# How well two records can agree depends on what their sources hold. Levels of kin and place are therefore divided by what there was
# to compare (LEVEL_GROUPS). Otherwise a source that names only one guardian would look like evidence against a match.
KIN_LEVELS = (
    "missing",
    "several",  # both records name two or more kin, and two or more are the same
    "one_of_several",
    "none_of_several",
    "same",  # a record names one alone, and the name or the phone is the same
    "alike",  # the name sounds the same
    "different",
)
PLACE_LEVELS = (
    "missing",
    "village",  # both villages are known, and the same
    "other_village",  # in the same township
    "different",
    "township",  # a village is unknown, the township the same
    "other_township",
)
HAMLET_LEVELS = ("missing", "same", "alike", "different")  # within one village; alike: of one sound
ADDRESS_LEVELS = ("missing", "same", "close", "part", "different")
SEX_LEVELS = ("missing", "same", "different")
COMPARED_FIELDS: dict[str, tuple[str, ...]] = {
    "name": NAME_LEVELS,
    # The parts of names in Latin letters, which are weighed in place of the whole name.
    "given": GIVEN_LEVELS,
    "surname": SURNAME_LEVELS,
    "middle": MIDDLE_LEVELS,
    "id": ID_LEVELS,
    "birth": BIRTH_LEVELS,
    "kin": KIN_LEVELS,
    "place": PLACE_LEVELS,
    "hamlet": HAMLET_LEVELS,
    "address": ADDRESS_LEVELS,
    "sex": SEX_LEVELS,
}
LEVEL_GROUPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "kin": (("several", "one_of_several", "none_of_several"), ("same", "alike", "different")),
    "place": (("village", "other_village", "different"), ("township", "other_township")),
}
RECORD_LEVEL = {field: {level: code for code, level in enumerate(levels)} for field, levels in COMPARED_FIELDS.items()}
_SLIP = 0.92  # least Jaro-Winkler similarity of two spellings of one place in letters
_CLOSE, _PART = 80.0, 55.0  # least token-sort ratio of two addresses, per cent
_NO_DAY = np.iinfo(np.int32).min  # stands for a missing birthdate
_DAYS = 1 << 32  # more than there are days: to make one number of two days


def compare_records(left: pa.RecordBatch, right: pa.RecordBatch) -> FieldLevels:
    """Returns per field of ``COMPARED_FIELDS`` the level code of each pair of aligned rows."""
    names = _names(left, right)
    codes = {
        "name": names,
        **_latin(left["name"], right["name"]),
        "id": _ids(left, right),
        "birth": _births(left, right),
        "kin": _kin(left, right),
        "place": _places(left, right),
        "hamlet": _hamlets(left, right),
        "address": level_of_values(left["address"], right["address"], _addresses, RECORD_LEVEL["address"]["same"]),
        "sex": _sexes(left, right),
    }
    codes["hamlet"][codes["address"] > 0] = 0  # two whole addresses say it already
    # A birthdate that was read off an ID which agrees is no evidence of its own.
    id_agrees = np.isin(codes["id"], [RECORD_LEVEL["id"][level] for level in (*SAME_ID, *LIKE_ID)])
    implied = flags_of(left["birth_implied"]) | flags_of(right["birth_implied"])
    codes["birth"][implied & id_agrees & (codes["birth"] > 0)] = RECORD_LEVEL["birth"]["implied"]
    return codes


def _names(left: pa.RecordBatch, right: pa.RecordBatch) -> Codes:
    """Levels of the name. 'former' and 'surname_of_kin' are added here, with either record as the first of the two."""
    level = RECORD_LEVEL["name"]
    out = level_of_values(left["name"], right["name"], compare_names, level["exact"])
    for first, second in ((left, right), (right, left)):
        former, name = shared_codes(first["former_name"], second["name"])
        is_former = (former >= 0) & (former == name)
        out[is_former & ((out > level["former"]) | (out == 0))] = level["former"]
    rows = np.flatnonzero(out == level["surname_changed"])
    for first, second in ((left, right), (right, left)):
        names, kin, other_names = (
            column.take(pa.array(rows)).dictionary_decode().to_pylist()
            for column in (first["name"], second["kin"], second["name"])
        )
        of_kin = [k is not None and any(n[0] == name[0] for n in k.split("|") if n) for name, k in zip(names, kin, strict=True)]
        differs = [name[0] != other_name[0] for name, other_name in zip(names, other_names, strict=True)]
        out[rows[np.array(of_kin, dtype=bool) & np.array(differs, dtype=bool)]] = level["surname_of_kin"]
    return out


def _latin(left: pa.DictionaryArray, right: pa.DictionaryArray) -> FieldLevels:
    """Levels of the parts of names where both are in Latin letters; 'missing' elsewhere."""
    left_codes, right_codes = shared_codes(left, right)
    out = {field: np.zeros(len(left_codes), dtype=np.uint8) for field in ("given", "surname", "middle")}
    values = shared_dictionary(left, right)
    latin = np.append(in_letters(values), False)  # the last one: missing
    rows = np.flatnonzero(latin[left_codes] & latin[right_codes])
    if len(rows):
        inverse, keys = pd.factorize(left_codes[rows] * len(values) + right_codes[rows])
        sides = (values.take(pa.array(codes)).to_pylist() for codes in np.divmod(keys, len(values)))
        for codes, levels in zip(out.values(), compare_latin(*sides), strict=True):
            codes[rows] = levels[inverse]
    return out


def _ids(left: pa.RecordBatch, right: pa.RecordBatch) -> Codes:
    """Levels of the ID, damaged and older numbers included."""
    level = RECORD_LEVEL["id"]
    out = level_of_values(left["id_number"], right["id_number"], compare_ids, level["exact"])
    for first, second in ((left, right), (right, left)):
        _compare_damaged(first, second, out)
    for first, second in ((left, right), (right, left)):
        older, number = shared_codes(first["id_other"], second["id_number"])
        out[(older >= 0) & (older == number) & (out != level["exact"])] = level["other_exact"]
    older_l, older_r = shared_codes(left["id_other"], right["id_other"])
    out[(older_l >= 0) & (older_l == older_r) & (out != level["exact"])] = level["other_exact"]
    rows = np.flatnonzero(np.isin(out, [level["different"], level["different_invalid"]]))
    for first, second in ((left, right), (right, left)):
        out[rows[_of_sibling(*(side.take(pa.array(rows)) for side in (first, second)))]] = level["of_sibling"]
    return out


def _of_sibling(first: pa.RecordBatch, second: pa.RecordBatch) -> Flags:
    """Per row: is the ID of the first record that of another child of the second's household?"""
    own, household = shared_codes(first["kin_numbers"], second["kin_numbers"])
    # Equal texts mean the same household in the same source: there the number is the record's own, not a sibling's.
    out = np.asarray((household >= 0) & (household != own) & flags_of(first["id_number"].is_valid()))
    rows = np.flatnonzero(out)
    columns = (second["kin_numbers"].take(pa.array(rows)), first["id_number"].take(pa.array(rows)))
    (at_household, households), (at_number, numbers) = (
        (inverse, column.dictionary.take(pa.array(used)))
        for column in columns
        for inverse, used in [pd.factorize(column.indices.to_numpy(zero_copy_only=False))]
    )
    lists = pc.split_pattern(households, "|")
    owner = np.repeat(np.arange(len(households)), pc.list_value_length(lists).to_numpy(zero_copy_only=False))
    number = pc.fill_null(pc.index_in(lists.flatten(), value_set=numbers), -1).to_numpy(zero_copy_only=False)
    members = (owner * len(numbers) + number)[number >= 0]
    out[rows] = np.isin(at_household * len(numbers) + at_number, members)
    return out


def _compare_damaged(first: pa.RecordBatch, second: pa.RecordBatch, out: Codes) -> None:
    """Set the levels of pairs where only some digits survive of the first record's number."""
    shown_at_all = pc.or_(second["id_known"].is_valid(), second["id_number"].is_valid())
    rows = np.flatnonzero(pc.and_(first["id_known"].is_valid(), shown_at_all))
    if len(rows):
        known, left_over, number = (
            column.take(pa.array(rows)).dictionary_decode()
            for column in (first["id_known"], second["id_known"], second["id_number"])
        )
        out[rows] = compare_remains(known, pc.coalesce(left_over, number))


def _births(left: pa.RecordBatch, right: pa.RecordBatch) -> Codes:
    """Levels of the birthdate but for 'implied'."""
    days = [pc.fill_null(side["birthdate"].cast(pa.int32()), _NO_DAY).to_numpy(zero_copy_only=False) for side in (left, right)]
    out = np.full(len(days[0]), RECORD_LEVEL["birth"]["exact"], dtype=np.uint8)
    out[(days[0] == _NO_DAY) | (days[1] == _NO_DAY)] = 0
    out[(days[0] == days[1]) & (out > 0) & first_of_year(days[0].astype("datetime64[D]"))] = RECORD_LEVEL["birth"][
        "first_of_year"
    ]
    rest = np.flatnonzero((days[0] != days[1]) & (out > 0))
    inverse, keys = pd.factorize(days[0][rest].astype(np.int64) * _DAYS + days[1][rest])
    day_l = np.floor_divide(keys + _DAYS // 2, _DAYS)
    distinct = [day.astype("datetime64[D]") for day in (day_l, keys - day_l * _DAYS)]
    out[rest] = compare_births(*distinct)[inverse]
    return out


def _kin(left: pa.RecordBatch, right: pa.RecordBatch) -> Codes:
    """Levels of kin, the phone included. Names of the same sound count as the same where both records name several."""
    level = RECORD_LEVEL["kin"]
    (names_l, names_r), (sounds_l, sounds_r) = _kin_names(left["kin"], right["kin"])
    listed = np.minimum(count_of(names_l >= 0), count_of(names_r >= 0))
    same_names, same_sounds = _in_common(names_l, names_r), _in_common(sounds_l, sounds_r)
    out = np.full(left.num_rows, level["different"], dtype=np.uint8)
    out[same_sounds > 0] = level["alike"]
    out[same_names > 0] = level["same"]
    phone_l, phone_r = shared_codes(left["phone"], right["phone"])
    same_phone = (phone_l >= 0) & (phone_l == phone_r)
    out[same_phone] = level["same"]
    several = listed > 1
    out[several] = level["none_of_several"]
    out[several & ((same_sounds > 0) | same_phone)] = level["one_of_several"]
    out[several & (same_sounds > 1)] = level["several"]
    out[(listed == 0) & ~same_phone] = level["missing"]
    return out


def _kin_names(left: pa.DictionaryArray, right: pa.DictionaryArray) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
    """Returns matrices (rows, most names) of numbers of each record's kin, -1 past the last: (left, right) by spelling, and
    (left, right) by sound."""
    left_codes, right_codes = shared_codes(left, right)
    where, used = pd.factorize(np.concatenate([left_codes, right_codes]))
    texts = shared_dictionary(left, right).take(pa.array(used, mask=used < 0))
    lists = pc.split_pattern(texts, "|")
    names = lists.flatten().dictionary_encode()
    number = names.indices.to_numpy(zero_copy_only=False)
    count = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    owner = np.repeat(np.arange(len(texts)), count)
    place = np.arange(len(number)) - np.repeat(np.cumsum(count) - count, count)
    sounds = pd.factorize(sound_keys(names.dictionary.to_pylist())[0])[0]
    out = []
    for numbers in (number, sounds[number] if len(number) else number):
        matrix = np.full((len(texts), int(count.max(initial=1))), -1, dtype=np.int64)
        matrix[owner, place] = numbers
        out.append((matrix[where[: len(left_codes)]], matrix[where[len(left_codes) :]]))
    return out[0], out[1]


def _in_common(left: Ints, right: Ints) -> npt.NDArray[np.uint8]:
    """Per row how many numbers the two matrices have in common; a number that one record lists twice counts once."""
    counts = []
    for first, second in ((left, right), (right, left)):
        count = np.zeros(len(first), dtype=np.uint8)
        for name in first.T:
            count += reduce(np.logical_or, (name == other for other in second.T)) & (name >= 0)
        counts.append(count)
    return np.minimum(*counts)


def _places(left: pa.RecordBatch, right: pa.RecordBatch) -> Codes:
    """Levels of township and village together."""
    level = RECORD_LEVEL["place"]
    township_l, township_r = shared_codes(left["township"], right["township"])
    village_l, village_r = shared_codes(left["village"], right["village"])
    villages_known = (village_l >= 0) & (village_r >= 0)
    same_township = level_of_values(left["township"], right["township"], _misspelt, 1) > 0
    out = np.where(villages_known, level["different"], level["other_township"]).astype(np.uint8)
    out[same_township] = level["township"]
    out[same_township & villages_known] = level["other_village"]
    out[villages_known & (village_l == village_r)] = level["village"]
    out[(township_l < 0) | (township_r < 0)] = level["missing"]
    alone = np.flatnonzero(villages_known & ((township_l < 0) | (township_r < 0)))  # a list names no townships
    names_l, names_r = (side["village"].take(pa.array(alone)) for side in (left, right))
    out[alone] = np.where(level_of_values(names_l, names_r, _same_village, 1) > 0, level["village"], level["different"])
    return out


def _same_village(left: pa.Array, right: pa.Array) -> Codes:
    """1 where the names of two villages are the same, whatever their townships."""
    names = [[text.rpartition("/")[2] for text in side.to_pylist()] for side in (left, right)]
    return (np.array(names[0], dtype=object) == np.array(names[1], dtype=object)).astype(np.uint8)


def _hamlets(left: pa.RecordBatch, right: pa.RecordBatch) -> Codes:
    """Levels of the natural villages or groups of two records of one village."""
    out = np.zeros(left.num_rows, dtype=np.uint8)
    village_l, village_r = shared_codes(left["village"], right["village"])
    rows = np.flatnonzero((village_l >= 0) & (village_l == village_r))
    hamlet_l, hamlet_r = (side["hamlet"].take(pa.array(rows)) for side in (left, right))
    out[rows] = level_of_values(hamlet_l, hamlet_r, _hamlet_names, RECORD_LEVEL["hamlet"]["same"])
    return out


def _hamlet_names(left: pa.Array, right: pa.Array) -> Codes:
    """Levels of two columns of unequal hamlets of one village. A number and a name may be one: they say nothing."""
    level = RECORD_LEVEL["hamlet"]
    numbered = [flags_of(pc.match_substring_regex(side, r"/\d+组$")) for side in (left, right)]
    sounds = sound_keys([text.rpartition("/")[2] for text in (*left.to_pylist(), *right.to_pylist())])[0]
    out = np.full(len(left), level["different"], dtype=np.uint8)
    out[(sounds[: len(left)] == sounds[len(left) :]) & ~numbered[0]] = level["alike"]
    out[numbered[0] != numbered[1]] = level["missing"]
    return out


def _misspelt(left: pa.Array, right: pa.Array) -> Codes:
    """1 where two different place names in letters are one name, misspelt; 0 for names in characters."""
    letters = flags_of(pc.and_(pc.string_is_ascii(left), pc.string_is_ascii(right)))
    similarity = cpdist(left.to_pylist(), right.to_pylist(), scorer=JaroWinkler.similarity, dtype=np.float32)
    return ((similarity >= _SLIP) & letters).astype(np.uint8)


def _addresses(left: pa.Array, right: pa.Array) -> Codes:
    """Levels of two columns of unequal addresses."""
    ratio = cpdist(left.to_pylist(), right.to_pylist(), scorer=token_sort_ratio, dtype=np.float32)
    out = np.full(len(left), RECORD_LEVEL["address"]["different"], dtype=np.uint8)
    out[ratio >= _PART] = RECORD_LEVEL["address"]["part"]
    out[ratio >= _CLOSE] = RECORD_LEVEL["address"]["close"]
    return out


def _sexes(left: pa.RecordBatch, right: pa.RecordBatch) -> Codes:
    sex_l, sex_r = shared_codes(left["sex"], right["sex"])
    out = np.where(sex_l == sex_r, RECORD_LEVEL["sex"]["same"], RECORD_LEVEL["sex"]["different"]).astype(np.uint8)
    out[(sex_l < 0) | (sex_r < 0)] = 0
    return out
