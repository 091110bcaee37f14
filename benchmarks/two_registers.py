"""Two made-up registers of any size, for measurements of time. Of twenty persons nineteen are in both; one row in ten of the second
register is mistyped in ID, name, birthdate, village or kin. Everything is synthetic."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from matching.records import PEOPLE

Ints = npt.NDArray[np.int64]
_SURNAMES = np.array(list("韦蓝黄蒙潘覃罗陆唐石莫卢谭袁苏李王张陈农岑班龙廖周吴梁邓兰何"))
_COMMON = 1 / np.arange(2, len(_SURNAMES) + 2) ** 0.9
_GIVEN = np.array([chr(c) for c in range(0x4E2D, 0x4E2D + 2400, 6)])
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = np.array(list("10X98765432"))
_DAYS = 3652  # of births: ten years
_PER_VILLAGE, _PER_TOWNSHIP = 450, 20  # persons, villages
_OVERLAP, _DAMAGED = 0.95, 0.10


def two_registers(size: int, seed: int) -> pa.Table:
    """Returns 2 × ``size`` records with the columns ``PEOPLE``, sources 'a' and 'b'."""
    rng = np.random.default_rng(seed)
    only = int(size * (1 - _OVERLAP))
    everyone = _persons(rng, size + only)
    first, second = np.arange(size), rng.permutation(np.arange(only, size + only))
    a, b = (everyone.take(pa.array(rows)) for rows in (first, second))
    return pa.concat_tables([_register(a, "a", None), _register(b, "b", rng)])


def _persons(rng: np.random.Generator, count: int) -> pa.Table:
    surname = rng.choice(len(_SURNAMES), count, p=_COMMON / _COMMON.sum())
    given = rng.integers(0, len(_GIVEN), (count, 2))
    two = rng.random(count) < 0.12
    born = rng.integers(0, _DAYS, count)
    village = rng.integers(0, max(count // _PER_VILLAGE, 1), count)
    order = rng.integers(0, 999, count)
    father, mother = (_names(rng.choice(len(_SURNAMES), count), rng.integers(0, len(_GIVEN), (count, 2)), None) for _ in range(2))
    day = np.datetime64("2004-09-01") + born
    return pa.table(
        {
            "name": _names(surname, given, two),
            "id_number": _ids(village // _PER_TOWNSHIP, day, order),
            "birthdate": pa.array(day, pa.date32()),
            "sex": pa.array(np.where(order % 2 == 1, "男", "女").astype(object), pa.string()),
            "township": _label("乡", village // _PER_TOWNSHIP),
            "village": _label("村", village),
            "kin": pc.binary_join_element_wise(father, mother, "|"),
            "phone": _label("1", rng.integers(3 * 10**9, 10**10 - 1, count)),
        }
    )


def _names(surname: Ints, given: Ints, two: npt.NDArray[np.bool_] | None) -> pa.Array:
    parts = [pa.array(table.astype(object), pa.string()) for table in (_SURNAMES, _GIVEN)]
    last = parts[1].take(pa.array(given[:, 1], mask=two))
    return pc.binary_join_element_wise(
        parts[0].take(pa.array(surname)), parts[1].take(pa.array(given[:, 0])), pc.fill_null(last, ""), ""
    )


def _label(prefix: str, number: Ints) -> pa.Array:
    return pc.binary_join_element_wise(prefix, pa.array(number).cast(pa.string()), "")


def _ids(division: Ints, day: npt.NDArray[np.datetime64], order: Ints) -> pa.Array:
    months = day.astype("datetime64[M]")
    date = (day.astype("datetime64[Y]").astype(np.int64) + 1970) * 10_000 + (months.astype(np.int64) % 12 + 1) * 100
    date += (day - months.astype("datetime64[D]")).astype(np.int64) + 1
    whole = (450000 + division % 10_000) * 10**11 + date * 1000 + order
    digits = whole[:, None] // 10 ** np.arange(16, -1, -1, dtype=np.int64) % 10
    check = _CHECK[digits @ _WEIGHTS % 11]
    return pc.binary_join_element_wise(pa.array(whole).cast(pa.string()), pa.array(check.astype(object), pa.string()), "")


def _register(persons: pa.Table, source: str, rng: np.random.Generator | None) -> pa.Table:
    count = len(persons)
    columns = {name: persons[name].combine_chunks() for name in persons.column_names}
    if rng is not None:
        _damage(columns, rng)
    columns["record_id"] = _label(source, np.arange(count))
    columns["source"] = pa.array([source]).take(pa.array(np.zeros(count, dtype=np.int64)))
    columns["birth_implied"] = pa.array(np.zeros(count, dtype=bool))
    return pa.table({name: columns.get(name, pa.nulls(count, pa.string())) for name in PEOPLE})


def _damage(columns: dict[str, pa.Array], rng: np.random.Generator) -> None:
    """Damage the columns in place: six kinds, each in about one row of fifty, independent of one another."""
    count = len(columns["name"])

    def some() -> pa.Array:
        return pa.array(rng.random(count) < _DAMAGED * 1.25 / 6)

    slipped = pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(columns["id_number"], 0, 12), "7", pc.utf8_slice_codeunits(columns["id_number"], 13), ""
    )
    columns["id_number"] = pc.if_else(some(), slipped, columns["id_number"])
    columns["id_number"] = pc.if_else(some(), None, columns["id_number"])
    other = columns["name"].take(pa.array(rng.permutation(count)))
    renamed = pc.binary_join_element_wise(pc.utf8_slice_codeunits(columns["name"], 0, 1), pc.utf8_slice_codeunits(other, 1), "")
    columns["name"] = pc.if_else(some(), renamed, columns["name"])
    columns["birthdate"] = pc.if_else(some(), columns["birthdate"].take(pa.array(rng.permutation(count))), columns["birthdate"])
    for field in ("village", "kin"):
        columns[field] = pc.if_else(some(), None, columns[field])
