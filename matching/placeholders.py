"""Removes values that are not the person's own: placeholders, notes, other people's IDs, default days."""

from concurrent.futures import Executor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.name_text import NO_NAME

_GENERATION = 14  # years: the least age of a parent at birth
_MOST_NAMES = 5  # names under one ID; siblings typed with one ID, names misspelt, have no more
_LONGEST_NAME = 64  # characters
_COLUMN = 20  # the least number of values from which a whole column is judged
_FEW = 0.05  # share of a list's IDs that may be adults', for it still to be a list of children
_MOST_KIN = 12  # names
_BIRTH = slice(6, 14)  # of an ID's characters

TextColumns = dict[str, pa.Array]


def real_values(columns: TextColumns, pool: Executor) -> TextColumns:
    """Returns those columns that change, without the values that are not the person's own: name, kin, id_number, birthdate,
    birth_implied and sex. ``columns``: those of ``matching.records.PEOPLE``."""
    named, kin = pool.submit(_names, columns["name"]), pool.submit(_few_kin, columns["kin"])
    years = _years(columns["id_number"])
    of_adult = _older_than_the_birthdate(columns, years)
    of_adult_unstated = _older_than_the_list(columns, years)
    number = _without(columns["id_number"], pc.or_(of_adult, of_adult_unstated))
    name = named.result()
    number = _without_placeholders(number, name)
    # A birthdate and a sex that were read off an adult's ID are not the child's either.
    day, sex = _without(columns["birthdate"], of_adult_unstated), _without(columns["sex"], of_adult_unstated)
    birth, implied = _birthdates(pc.coalesce(number, columns["id_known"]), day, columns["birth_implied"])
    return {"name": name, "kin": kin.result(), "id_number": number, "birthdate": birth, "birth_implied": implied, "sex": sex}


def _few_kin(kin: pa.Array) -> pa.Array:
    """The first twelve names of each record's kin."""
    if (pc.max(pc.count_substring(kin, "|")).as_py() or 0) < _MOST_KIN:
        return kin
    return pc.replace_substring_regex(kin, rf"^((?:[^|]*\|){{{_MOST_KIN - 1}}}[^|]*)\|.*$", r"\1")


def _names(names: pa.Array) -> pa.Array:
    """Names without those that mean that there is no name yet, or that it is withheld: two newborns without name do not have a name in
    common. A long note in place of a name is cut."""
    names = pc.utf8_slice_codeunits(names, 0, _LONGEST_NAME)
    known = names.drop_null()
    if len(known) >= _COLUMN and pc.all(pc.equal(known, known[0])).as_py():
        return pa.nulls(len(names), names.type)  # one value in the whole column is no name
    return pc.if_else(pc.fill_null(pc.match_substring_regex(names, NO_NAME), False), pa.scalar(None, names.type), names)


def _years(numbers: pa.Array) -> pa.Array:
    """The birth year in each complete ID, null elsewhere."""
    citizen = pc.fill_null(pc.match_substring_regex(numbers, r"^\d{17}[\dX]$"), False)
    return pc.if_else(citizen, pc.utf8_slice_codeunits(numbers, 6, 10), pa.scalar(None, numbers.type)).cast(pa.int64())


def _older_than_the_birthdate(columns: TextColumns, years: pa.Array) -> pa.Array:
    """Per record: is the ID a generation older than the birthdate that is stated beside it?"""
    older = pc.fill_null(pc.greater_equal(pc.subtract(pc.year(columns["birthdate"]), years), _GENERATION), False)
    return pc.and_(older, pc.invert(columns["birth_implied"]))


def _older_than_the_list(columns: TextColumns, years: pa.Array) -> pa.Array:
    """Per record without stated birthdate: is its ID a generation older than the list, whose other IDs are all of one generation?"""
    source = columns["source"].dictionary_encode()
    codes, year = source.indices.to_numpy(), years.to_numpy(zero_copy_only=False).astype(float)
    unstated = pc.or_(columns["birth_implied"], columns["birthdate"].is_null()).to_numpy(zero_copy_only=False)
    out = np.zeros(len(year), dtype=bool)
    for code in range(len(source.dictionary)):
        rows = np.flatnonzero((codes == code) & ~np.isnan(year))
        if len(rows) >= _COLUMN:
            oldest, middle, youngest = np.quantile(year[rows], (_FEW, 0.5, 1 - _FEW), method="nearest")
            if youngest - oldest < _GENERATION:
                out[rows] = (middle - year[rows] > _GENERATION) & unstated[rows]
    return pa.array(out)


def _without(column: pa.Array, rows: pa.Array) -> pa.Array:
    """``column`` with null in ``rows`` (flags)."""
    return pc.if_else(rows, pa.scalar(None, column.type), column)


def _without_placeholders(numbers: pa.Array, names: pa.Array) -> pa.Array:
    """IDs without those that stand beside many different names: placeholders, and values that were filled down a column."""
    coded = numbers.dictionary_encode()
    frequent = np.bincount(coded.indices.drop_null(), minlength=len(coded.dictionary)) > _MOST_NAMES
    rows = pa.table({"id": numbers, "name": names}).filter(pa.array(frequent).take(coded.indices))
    names_per_id = rows.group_by("id").aggregate([("name", "count_distinct")])
    placeholders = names_per_id.filter(pc.greater(names_per_id["name_count_distinct"], _MOST_NAMES))["id"]
    return pc.if_else(pc.is_in(numbers, placeholders.combine_chunks()), pa.scalar(None, numbers.type), numbers)


def _birthdates(numbers: pa.Array, births: pa.Array, implied: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Returns (birthdates, whether they are read off the ID). A stated 1 January is taken for a default, and replaced by the ID's
    birthdate, where the ID (complete or damaged) gives another day of the same year."""
    readable = pc.match_substring_regex(numbers, r"^[0-9]{14}[0-9X*]{0,4}$")
    digits = pc.if_else(readable, pc.utf8_slice_codeunits(numbers, _BIRTH.start, _BIRTH.stop), pa.scalar(None, numbers.type))
    days = pc.strptime(digits, format="%Y%m%d", unit="s", error_is_null=True).cast(pa.date32())
    real = pc.equal(pc.day(days), pc.utf8_slice_codeunits(digits, 6).cast(pa.int64()))  # strptime turns 31 February into 3 March
    days = pc.if_else(real, days, pa.scalar(None, days.type))
    new_year = pc.and_(pc.equal(pc.month(births), 1), pc.equal(pc.day(births), 1))
    default = pc.and_(new_year, pc.and_(pc.equal(pc.year(births), pc.year(days)), pc.not_equal(births, days)))
    default = pc.fill_null(default, False)
    return pc.if_else(default, days, births), pc.or_(default, implied)
