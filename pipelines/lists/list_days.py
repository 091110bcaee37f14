"""A column of days of any list -> the days, and how much of each is known. 03/04/2010 alone may be two days: what a text leaves
open (``pipelines.lists.written_days``), the majority of its column decides, so that one mistyped day cannot blind the others."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.arrays import Flags, Ints
from matching.text_columns import text_array
from pipelines.intake.early_days import early_time
from pipelines.intake.moments import at_time
from pipelines.lists.written_days import YEARS, written

NOTHING, YEAR, MONTH, DAY = range(4)  # how much of a day is known

# Where the two-digit or last year, the month and the day stand among three numbers.
_ORDERS = {"ymd": (0, 1, 2), "dmy": (2, 1, 0), "mdy": (2, 0, 1)}
# Kind of ``Written`` -> the orders that are possible, the likelier first; the order where the column does not tell.
_POSSIBLE = {
    "year_last": (("dmy", "mdy"), None),
    "six": (("ym", "ymd", "dmy", "mdy"), None),
    "short": (("ymd", "dmy", "mdy"), "ymd"),
    "slashed": (("ymd", "dmy", "mdy"), None),
    "short_ymd": (("ymd",), "ymd"),
    "short_dmy": (("dmy",), "dmy"),
}
_SEVENS = 20  # times as many: at most nine days in ten are written with a month or a day of one digit in front
_MAJORITY = 4  # an order is the column's if so many times more rows have it alone than have another one alone
_ENOUGH = 50  # rows, from which on a distribution can be looked at
_LATE_DAYS = (0.35, 0.70)  # the share of days after the 15th, about a half, lies between these in any list of births
_LONGEST = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_SERIALS = (21_000, 55_000)  # 1957 to 2050: below, five digits are as well the beginning of a day without separators
_SERIALS_OF_COLUMN = (10_000, 55_000)  # from 1927, where most of a column is such numbers
_SERIAL_FROM = np.datetime64("1899-12-30")  # day 0 of the 1900 date system
_DAYS_TO_1904 = 1462  # from the first day of the 1900 date system to that of the 1904 one
_EMPTY_CELLS = (18991230, 18991231)  # what a spreadsheet makes of an empty cell, which it counts as day 0
_GAP = 10  # years of two digits that nobody in a list was born in, from which on the list's span is seen
_HINTS_FOR_ONE = 0.05  # full years beside each two-digit one, from which on they say which century it is


@dataclass(frozen=True, slots=True)
class Days:
    """Per row of a column: ``year``, ``month``, ``day`` (0 where not known) and ``known`` (``NOTHING`` to ``DAY``). In rows:
    ``unread`` texts that are no day, ``against`` days read against the order of the majority, as the only possible way, and
    ``unclear`` ones of which only the year is known because day and month could not be told apart, and ``early`` ones that were written as
    a moment of the day before."""

    year: Ints
    month: Ints
    day: Ints
    known: Ints
    unread: int
    against: int
    unclear: int
    early: int


def read_days(texts: pd.Series, hints: Ints, latest: int, from_1904: bool = False) -> Days:
    """The days of one column. Each distinct text is looked at once.

    ``hints``: years of birth of the list's people that are known otherwise; ``latest``: the last possible year of birth; both
    are for two-digit years. ``from_1904``: bare numbers count days from 1904.
    """
    coded = text_array(texts).dictionary_encode()
    codes = coded.indices.fill_null(len(coded.dictionary)).to_numpy(zero_copy_only=False).astype(np.int64)
    size = len(coded.dictionary)
    rows = np.bincount(codes, minlength=size + 1)[:size]
    read = [written(text) for text in coded.dictionary.to_pylist()]
    kinds = np.array([w.kind for w in read], dtype="U9")
    numbers = np.array([w[1:] for w in read], dtype=np.int64).reshape(size, 3)
    out = np.zeros((size, 3), dtype=np.int64)
    sure = kinds == "day"
    out[sure] = numbers[sure]
    numbers[kinds == "serial", 0] += _DAYS_TO_1904 if from_1904 else 0
    _read_serials(kinds, numbers, rows, out)
    if rows[kinds == "seven"].sum() <= _SEVENS * rows[kinds == "year_last"].sum():
        kinds[kinds == "seven"] = "year_last"
    against, unclear, two_digits = _read_in_order(kinds, numbers, rows, out)
    full = (out[:, 0] >= YEARS.start) & ~two_digits
    known_years = np.concatenate([np.repeat(out[full, 0], rows[full]), hints])
    out[two_digits, 0] = _centuries(out[two_digits, 0], rows[two_digits], known_years, latest)
    _drop_empty_cells(out, rows)
    known = _known(out)
    early = np.zeros(size, dtype=bool)
    if time := early_time(texts):
        early |= np.array([at_time(text, time) for text in coded.dictionary.to_pylist()], dtype=bool) & (known == DAY)
        out[early] = year_month_day(dates_of(*out[early].T) + np.timedelta64(1, "D"))
    unread = rows[known == NOTHING].sum()
    year, month, day = (np.append(column, 0)[codes] for column in (*out.T,))
    of_known = [int(rows[flags & (known > NOTHING)].sum()) for flags in (against, unclear, early)]
    return Days(year, month, day, np.append(known, NOTHING)[codes], int(unread), *of_known)


def days_of_months(days: Days, numbers: Ints) -> Days:
    """``days`` with the day of the month, ``numbers`` (0: not known), where year and month are known and no day is; a number that the month
    does not have is left out."""
    fits = (days.known == MONTH) & (numbers > 0) & (numbers <= _longest(days.year, days.month))
    return replace(days, day=np.where(fits, numbers, days.day), known=np.where(fits, DAY, days.known))


def _read_in_order(kinds: npt.NDArray[np.str_], numbers: Ints, rows: Ints, out: Ints) -> tuple[Flags, Flags, Flags]:
    """Fill in the days whose order the column tells. Returns the flags (read against the majority, only the year is known, the
    year has two digits)."""
    against, unclear, two_digits = (np.zeros(len(rows), dtype=bool) for _ in range(3))
    at = np.flatnonzero(kinds == "year_last")
    of_year_last, rows_year_last = None, rows[at].sum()
    for kind, (orders, default) in _POSSIBLE.items():
        at = np.flatnonzero(kinds == kind)
        if not len(at):
            continue
        values = numbers[at]
        order = _order_of(values, rows[at], orders, of_two_digits=kind != "year_last")
        if kind == "year_last":
            of_year_last = order
        elif order is None:  # most of the column may be written in full and in the same order
            follows = of_year_last in orders and rows_year_last > rows[at].sum()
            order = of_year_last if follows else default
        out[at], against[at] = _in_order(values, orders, order)
        if kind == "year_last":
            unclear[at] = (out[at, 0] == 0) & (_fits(values, "dmy") | _fits(values, "mdy"))
            out[at[unclear[at]], 0] = values[unclear[at], 2]
        else:
            two_digits[at] = (out[at, 0] < 100) & (out[at, 1] > 0)
    return against, unclear, two_digits


def _read_serials(kinds: npt.NDArray[np.str_], numbers: Ints, rows: Ints, out: Ints) -> None:
    """Fill in what days a spreadsheet's numbers count, where they are in the range of births."""
    serial = kinds == "serial"
    recent = serial & (numbers[:, 0] >= _SERIALS[0]) & (numbers[:, 0] <= _SERIALS[1])
    lowest, highest = _SERIALS_OF_COLUMN if recent.any() and 2 * rows[serial].sum() > rows.sum() else _SERIALS
    at = np.flatnonzero(serial & (numbers[:, 0] >= lowest) & (numbers[:, 0] <= highest))
    out[at] = year_month_day(_SERIAL_FROM + numbers[at, 0].astype("timedelta64[D]"))


def year_month_day(days: npt.NDArray[np.datetime64]) -> Ints:
    """Year, month and day of each day, in three columns; 0 where it is missing."""
    missing = np.isnat(days)
    days = np.where(missing, np.datetime64("2000-01-01"), days).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    parts = np.column_stack([year, months.astype(np.int64) % 12 + 1, (days - months).astype(np.int64) + 1])
    return np.where(missing[:, None], 0, parts)


def _fits(values: Ints, order: str) -> Flags:
    """Which of the three numbers are a day, or for 'ym' a month, if they stand in that order."""
    if order == "ym":
        year = values[:, 0] * 100 + values[:, 1]
        return np.asarray((year >= YEARS.start) & (year < YEARS.stop) & (values[:, 2] <= 12))
    _, month, day = (values[:, place] for place in _ORDERS[order])
    return np.asarray((month >= 1) & (month <= 12) & (day >= 1) & (day <= _LONGEST[np.clip(month, 0, 12)]))


def _order_of(values: Ints, rows: Ints, orders: tuple[str, ...], of_two_digits: bool) -> str | None:
    """The order of the majority of the rows; None where there is none, or a doubtful one."""
    fits = {order: _fits(values, order) for order in orders}
    if of_two_digits and rows.sum() >= _ENOUGH:  # any small number may be any part of a day; only days go on to the 31st
        fits = {o: flags for o, flags in fits.items() if o == "ym" or _days_of_births(values[:, _ORDERS[o][2]], rows * flags)}
    if not fits:
        return None
    best = max(fits, key=lambda order: int(rows[fits[order]].sum()))
    if 2 * rows[fits[best]].sum() <= rows.sum():
        return None
    for other in set(fits) - {best}:
        alone, other_alone = rows[fits[best] & ~fits[other]].sum(), rows[fits[other] & ~fits[best]].sum()
        if alone == 0 or alone < _MAJORITY * other_alone:
            return best if best == "ym" and alone >= other_alone else None
    return best


def _days_of_births(day: Ints, rows: Ints) -> bool:
    share = rows[day > 15].sum() / max(rows.sum(), 1)
    return bool(_LATE_DAYS[0] <= share <= _LATE_DAYS[1])


def _in_order(values: Ints, orders: tuple[str, ...], order: str | None) -> tuple[Ints, Flags]:
    """(year, month and day of each three numbers, all 0 where they are none or may be several; which are against ``order``)."""
    fits = np.column_stack([_fits(values, o) for o in orders])
    read = np.column_stack([_parts(values, o) for o in orders]).reshape(len(values), len(orders), 3)
    several = np.zeros(len(values), dtype=bool)
    for column in range(1, len(orders)):  # 3/3/2010 is one day in every order
        different = (read[:, column] != read[np.arange(len(values)), fits.argmax(axis=1)]).any(axis=1)
        several |= fits[:, column] & different
    usual = fits[:, orders.index(order)] if order in orders else np.zeros(len(values), dtype=bool)
    choice = np.where(usual, orders.index(order) if order in orders else 0, fits.argmax(axis=1))
    readable = usual | (fits.any(axis=1) & ~several)
    parts = np.where(readable[:, None], read[np.arange(len(values)), choice], 0)
    return parts, readable & ~usual if order in orders else np.zeros(len(values), dtype=bool)


def _parts(values: Ints, order: str) -> Ints:
    if order == "ym":
        return np.column_stack([values[:, 0] * 100 + values[:, 1], values[:, 2], np.zeros(len(values), dtype=np.int64)])
    return values[:, _ORDERS[order]]


def _centuries(years: Ints, rows: Ints, hints: Ints, latest: int) -> Ints:
    """Full years of two-digit ones: within fifty years of the middle of the full years that are known; without those, the
    hundred years that begin after the longest gap in the list, which end in ``latest`` if there is no such gap."""
    if not len(years):
        return years
    last = latest
    if len(hints) >= max(1, _HINTS_FOR_ONE * rows.sum()):
        last = min(latest, int(np.median(hints)) + 49)
    elif rows.sum() >= _ENOUGH:
        born = np.bincount(years, weights=rows, minlength=100) > rows.sum() / 1000
        seen = np.flatnonzero(born)
        gaps = np.diff(np.append(seen, seen[0] + 100))
        if gaps.max() > _GAP:
            end = int(seen[gaps.argmax()])
            last = latest - (latest - end) % 100
    return last - (last - years) % 100


def _drop_empty_cells(parts: Ints, rows: Ints) -> None:
    """Take day 0 of a spreadsheet for no day, unless the people of the list were born in that time."""
    of_empty_cells = np.isin(parts @ np.array([10_000, 100, 1]), _EMPTY_CELLS)
    long_ago = (parts[:, 0] > 0) & (parts[:, 0] < 1900) & ~of_empty_cells
    if rows[long_ago].sum() <= rows[of_empty_cells].sum():
        parts[of_empty_cells] = 0


def _known(parts: Ints) -> Ints:
    """How much of each day is known; what is no day of the calendar is set to 0."""
    year, month, day = parts.T
    known = np.select([year == 0, month == 0, day == 0], [NOTHING, YEAR, MONTH], DAY)
    wrong = (year != 0) & ((year < YEARS.start) | (year >= YEARS.stop) | (month > 12) | (day > _longest(year, month)))
    parts[wrong] = 0
    return np.where(wrong, NOTHING, known)


def _longest(year: Ints, month: Ints) -> Ints:
    common = (month == 2) & ((year % 4 != 0) | ((year % 100 == 0) & (year % 400 != 0)))
    return np.where(month == 0, 0, _LONGEST[np.clip(month, 0, 12)] - common)


def dates_of(year: Ints, month: Ints, day: Ints) -> npt.NDArray[np.datetime64]:
    """Dates (datetime64[us]) of numbers that are days; NaT where the year is 0; what is not known is taken for the first."""
    months = (np.where(year == 0, 1970, year) - 1970) * 12 + np.maximum(month, 1) - 1
    days = months.astype("datetime64[M]").astype("datetime64[D]") + (np.maximum(day, 1) - 1).astype("timedelta64[D]")
    return np.where(year == 0, np.datetime64("NaT"), days).astype("datetime64[us]")
