"""How two birthdates agree: the kinds of error that clerks, calendars and keyboards make."""

from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt
from borax.calendars.lunardate import LunarDate

BIRTH_LEVELS = (
    "missing",
    "exact",
    "implied",  # read off an ID that has been compared already
    "lunar",  # one is the lunar reading of the other
    "swapped",  # day and month
    "first_of_year",  # 1 January, of one or both, stands for a day of the year
    "year_off",  # by one or two
    "one_digit",  # or the month alone
    "different",
)
_CODE = {level: code for code, level in enumerate(BIRTH_LEVELS)}
Days = npt.NDArray[np.int64]


def compare_births(left: npt.NDArray[np.datetime64], right: npt.NDArray[np.datetime64]) -> npt.NDArray[np.uint8]:
    """Level codes of two aligned columns of dates (datetime64[D], NaT where missing); never 'implied'."""
    out = np.full(len(left), _CODE["different"], dtype=np.uint8)
    known = ~(np.isnat(left) | np.isnat(right))
    out[~known] = _CODE["missing"]
    equal = known & (left == right)
    out[equal] = np.where(first_of_year(left), _CODE["first_of_year"], _CODE["exact"])[equal]
    rest = np.flatnonzero(out == _CODE["different"])
    (ly, lm, ld), (ry, rm, rd) = _parts(left[rest]), _parts(right[rest])
    other_month = (ly == ry) & (ld == rd)
    out[rest[(_digits_apart(_eight(ly, lm, ld), _eight(ry, rm, rd)) == 1) | other_month]] = _CODE["one_digit"]
    out[rest[(np.abs(ly - ry) <= 2) & (lm == rm) & (ld == rd)]] = _CODE["year_off"]
    out[rest[(ly == ry) & (((lm == 1) & (ld == 1)) | ((rm == 1) & (rd == 1)))]] = _CODE["first_of_year"]
    out[rest[(ly == ry) & (lm == rd) & (ld == rm)]] = _CODE["swapped"]
    # A lunar date lies 19 to 55 days before its solar one: the calendar is asked of those alone.
    between = np.abs((left[rest] - right[rest]).astype(np.int64))
    near = rest[(between >= 19) & (between <= 55)]
    earlier, later = np.minimum(left[near], right[near]), np.maximum(left[near], right[near])
    out[near[_lunar(later) == _eight(*_parts(earlier))]] = _CODE["lunar"]
    return out


def first_of_year(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.bool_]:
    """Which days are a 1 January: as often a default as a birthday."""
    return np.asarray(days == days.astype("datetime64[Y]").astype("datetime64[D]"))


def _parts(days: npt.NDArray[np.datetime64]) -> tuple[Days, Days, Days]:
    months = days.astype("datetime64[M]")
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    return year, months.astype(np.int64) % 12 + 1, (days - months.astype("datetime64[D]")).astype(np.int64) + 1


def _eight(year: Days, month: Days, day: Days) -> Days:
    return year * 10_000 + month * 100 + day


def _digits_apart(left: Days, right: Days) -> Days:
    apart = np.zeros(len(left), dtype=np.int64)
    for power in 10 ** np.arange(8):
        apart += left // power % 10 != right // power % 10
    return apart


def _lunar(days: npt.NDArray[np.datetime64]) -> Days:
    """The lunar calendar's yyyymmdd of each day (0 outside 1950-2050); computed once per distinct day."""
    distinct, inverse = np.unique(days, return_inverse=True)
    return np.array([_lunar_number(day) for day in distinct.astype(object)], dtype=np.int64)[inverse]


@cache
def _lunar_number(day: date | None) -> int:
    if day is None or not 1950 <= day.year <= 2050:
        return 0
    lunar = LunarDate.from_solar_date(day.year, day.month, day.day)
    return int(lunar.year * 10_000 + lunar.month * 100 + lunar.day)
