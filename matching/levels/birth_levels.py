"""How two birthdates agree: the kinds of error that clerks, calendars and keyboards make."""

from functools import cache

import numpy as np
import numpy.typing as npt
from borax.calendars.lunardate import LCalendars, LunarDate

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
_LUNAR_YEARS = range(1950, 2051)
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
    """The lunar calendar's yyyymmdd of each day (0 outside 1950-2050)."""
    starts, months = _lunar_months()
    at = np.searchsorted(starts, days, side="right") - 1
    inside = (at >= 0) & (days < np.datetime64(f"{_LUNAR_YEARS.stop}-01-01"))
    return np.where(inside, months[at] + (days - starts[at]).astype(np.int64) + 1, 0)


@cache
def _lunar_months() -> tuple[npt.NDArray[np.datetime64], Days]:
    """(first day of each lunar month, its number as yyyymm00), leap months under the number of the month they repeat."""
    lengths = [
        (year * 10_000 + month * 100, days) for year in _LUNAR_YEARS for month, days, _ in LCalendars.iter_year_month(year)
    ]
    numbers, days = np.array(lengths, dtype=np.int64).T
    first = np.datetime64(LunarDate(_LUNAR_YEARS.start, 1, 1).to_solar_date())
    return first + (np.cumsum(days) - days), numbers
