"""What stands in a cell and is not the child's: placeholders, notes, other people's IDs, default days."""

from concurrent.futures import Executor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.names import NO_NAME

_GENERATION = 14  # years between a child and whoever could be its parent
_MOST_BEARERS = 5  # names under one ID: a family of siblings typed with one, misspelt, has no more
_LONGEST_NAME = 64  # characters
_COLUMN = 20  # rows
_FEW = 0.05  # of a list's IDs may be others' without making it a list of all ages
_MOST_KIN = 12  # names
_BIRTH = slice(6, 14)  # of an ID's characters

TextColumns = dict[str, pa.Array]


def real_values(columns: TextColumns, pool: Executor) -> TextColumns:
    """The columns of ``matching.records.PEOPLE`` that change: name, kin, id_number, birthdate, birth_implied, sex."""
    named, kin = pool.submit(_names, columns["name"]), pool.submit(_few_kin, columns["kin"])
    years = _years(columns["id_number"])
    stated, unstated = _older_than_the_child(columns, years), _older_than_the_list(columns, years)
    number = _without(columns["id_number"], pc.or_(stated, unstated))
    name = named.result()
    number = _one_bearers(number, name)
    # What was read off a grown-up's ID is not the child's either.
    day, sex = _without(columns["birthdate"], unstated), _without(columns["sex"], unstated)
    birth, implied = _birthdates(pc.coalesce(number, columns["id_known"]), day, columns["birth_implied"])
    return {"name": name, "kin": kin.result(), "id_number": number, "birthdate": birth, "birth_implied": implied, "sex": sex}


def _few_kin(kin: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(kin, rf"^((?:[^|]*\|){{{_MOST_KIN - 1}}}[^|]*)\|.*$", r"\1")


def _names(names: pa.Array) -> pa.Array:
    """A name that stands for none yet, or for one withheld, is missing: two newborns without name bear no common one. Of a
    note in a name's place the beginning is enough."""
    names = pc.utf8_slice_codeunits(names, 0, _LONGEST_NAME)
    if len(names) - names.null_count >= _COLUMN and pc.count_distinct(names).as_py() == 1:
        return pa.nulls(len(names), names.type)  # one value in a whole column is nobody's name
    return pc.if_else(pc.fill_null(pc.match_substring_regex(names, NO_NAME), False), pa.scalar(None, names.type), names)


def _years(numbers: pa.Array) -> pa.Array:
    """The birth year in each whole ID."""
    citizen = pc.fill_null(pc.match_substring_regex(numbers, r"^\d{17}[\dX]$"), False)
    return pc.if_else(citizen, pc.utf8_slice_codeunits(numbers, 6, 10), pa.scalar(None, numbers.type)).cast(pa.int64())


def _older_than_the_child(columns: TextColumns, years: pa.Array) -> pa.Array:
    """Is the ID a grown-up's, a generation older than the child it stands beside?"""
    older = pc.fill_null(pc.greater_equal(pc.subtract(pc.year(columns["birthdate"]), years), _GENERATION), False)
    return pc.and_(older, pc.invert(columns["birth_implied"]))


def _older_than_the_list(columns: TextColumns, years: pa.Array) -> pa.Array:
    """Is the ID, beside which no birthdate stands, a generation older than a list whose other IDs are all of one?"""
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
    return pc.if_else(rows, pa.scalar(None, column.type), column)


def _one_bearers(numbers: pa.Array, names: pa.Array) -> pa.Array:
    """IDs but those that many names bear: placeholders, and what was filled down a column."""
    counts = pc.value_counts(numbers)
    frequent = counts.field("values").filter(pc.greater(counts.field("counts"), _MOST_BEARERS))
    rows = pa.table({"id": numbers, "name": names}).filter(pc.is_in(numbers, frequent))
    bearers = rows.group_by("id").aggregate([("name", "count_distinct")])
    nobodys = bearers.filter(pc.greater(bearers["name_count_distinct"], _MOST_BEARERS))["id"]
    return pc.if_else(pc.is_in(numbers, nobodys.combine_chunks()), pa.scalar(None, numbers.type), numbers)


def _birthdates(numbers: pa.Array, births: pa.Array, implied: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Birthdates, and whether they are the ID's: where the ID, be it cut, gives 1 January's year another day, 1 January is a default."""
    told = pc.match_substring_regex(numbers, r"^[0-9]{14}[0-9X]{0,4}$")
    digits = pc.if_else(told, pc.utf8_slice_codeunits(numbers, _BIRTH.start, _BIRTH.stop), pa.scalar(None, numbers.type))
    days = pc.strptime(digits, format="%Y%m%d", unit="s", error_is_null=True).cast(pa.date32())
    real = pc.equal(pc.day(days), pc.utf8_slice_codeunits(digits, 6).cast(pa.int64()))  # of 31 February it makes 3 March
    days = pc.if_else(real, days, pa.scalar(None, days.type))
    new_year = pc.and_(pc.equal(pc.month(births), 1), pc.equal(pc.day(births), 1))
    default = pc.and_(new_year, pc.and_(pc.equal(pc.year(births), pc.year(days)), pc.not_equal(births, days)))
    default = pc.fill_null(default, False)
    return pc.if_else(default, days, births), pc.or_(default, implied)
