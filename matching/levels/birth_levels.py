"""Comparison levels of two birthdates, by the kinds of error that clerks, calendars and keyboards make."""

from functools import cache

import numpy as np
import numpy.typing as npt
from borax.calendars.lunardate import LCalendars, LunarDate

from matching.arrays import Ints

BIRTH_LEVELS = (
    "missing",
    "exact",
    "implied",  # read off an ID that is compared as such: no evidence of its own
    "lunar",  # one is the lunar reading of the other
    "swapped",  # day and month
    "first_of_year",  # the same year, and one of them or both 1 January, which often stands for an unknown day
    "year_off",  # the same day and month, the year one or two off
    "one_digit",  # one digit differs, or the month alone
    "near",  # too few days apart for two children of one mother
    "different",
)
_NEAR = (2, 200)  # days: twins are born within two, and seven months is the least between two births that both lived
_LUNAR_YEARS = range(1950, 2051)
_CODE = {level: code for code, level in enumerate(BIRTH_LEVELS)}


def compare_births(left: npt.NDArray[np.datetime64], right: npt.NDArray[np.datetime64]) -> npt.NDArray[np.uint8]:
    """Returns the level codes of two aligned columns of dates (datetime64[D], NaT where missing). 'implied' is never given here,
    because it takes more than two dates to know."""
    out = np.full(len(left), _CODE["different"], dtype=np.uint8)
    known = ~(np.isnat(left) | np.isnat(right))
    out[~known] = _CODE["missing"]
    equal = known & (left == right)
    out[equal] = np.where(first_of_year(left), _CODE["first_of_year"], _CODE["exact"])[equal]
    # Each line overrules those before it: from the loosest agreement to the closest.
    rest = np.flatnonzero(out == _CODE["different"])
    (ly, lm, ld), (ry, rm, rd) = _parts(left[rest]), _parts(right[rest])
    days_between = np.abs((left[rest] - right[rest]).astype(np.int64))
    out[rest[(days_between >= _NEAR[0]) & (days_between <= _NEAR[1])]] = _CODE["near"]
    month_differs = (ly == ry) & (ld == rd)
    one_digit_differs = _differing_digits(_yyyymmdd(ly, lm, ld), _yyyymmdd(ry, rm, rd)) == 1
    out[rest[one_digit_differs | month_differs]] = _CODE["one_digit"]
    out[rest[(np.abs(ly - ry) <= 2) & (lm == rm) & (ld == rd)]] = _CODE["year_off"]
    out[rest[(ly == ry) & (((lm == 1) & (ld == 1)) | ((rm == 1) & (rd == 1)))]] = _CODE["first_of_year"]
    out[rest[(ly == ry) & (lm == rd) & (ld == rm)]] = _CODE["swapped"]
    # Read as a solar date, a lunar date lies 19 to 55 days before the day it means. Only such pairs are converted.
    near = rest[(days_between >= 19) & (days_between <= 55)]
    earlier, later = np.minimum(left[near], right[near]), np.maximum(left[near], right[near])
    out[near[_lunar(later) == _yyyymmdd(*_parts(earlier))]] = _CODE["lunar"]
    return out


def first_of_year(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.bool_]:
    """Per day: is it a 1 January? That is as often a default for an unknown day as a birthday."""
    return np.asarray(days == days.astype("datetime64[Y]").astype("datetime64[D]"))


def _parts(days: npt.NDArray[np.datetime64]) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of each date."""
    months = days.astype("datetime64[M]")
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    return year, months.astype(np.int64) % 12 + 1, (days - months.astype("datetime64[D]")).astype(np.int64) + 1


def _yyyymmdd(year: Ints, month: Ints, day: Ints) -> Ints:
    return year * 10_000 + month * 100 + day


def _differing_digits(left: Ints, right: Ints) -> Ints:
    """In how many of eight digits two numbers differ."""
    count = np.zeros(len(left), dtype=np.int64)
    for power in 10 ** np.arange(8):
        count += left // power % 10 != right // power % 10
    return count


def _lunar(days: npt.NDArray[np.datetime64]) -> Ints:
    """yyyymmdd of each day in the lunar calendar; 0 outside the years 1950 to 2050."""
    starts, months = _lunar_months()
    at = np.searchsorted(starts, days, side="right") - 1
    inside = (at >= 0) & (days < np.datetime64(f"{_LUNAR_YEARS.stop}-01-01"))
    return np.where(inside, months[at] + (days - starts[at]).astype(np.int64) + 1, 0)


@cache
def _lunar_months() -> tuple[npt.NDArray[np.datetime64], Ints]:
    """Returns (first day of each lunar month, its number as yyyymm00); a leap month has the number of the month it repeats."""
    lengths = [
        (year * 10_000 + month * 100, days) for year in _LUNAR_YEARS for month, days, _ in LCalendars.iter_year_month(year)
    ]
    numbers, days = np.array(lengths, dtype=np.int64).T
    first = np.datetime64(LunarDate(_LUNAR_YEARS.start, 1, 1).to_solar_date())
    return first + (np.cumsum(days) - days), numbers
