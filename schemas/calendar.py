"""The days that the plan and the school year count by."""

from datetime import date, timedelta

_THURSDAY = 3


def school_year(day: date) -> int:
    """The year in whose September the running school year began."""
    return day.year if day.month >= 9 else day.year - 1


def semester_start(day: date) -> date:
    """1 September or 1 February, whichever came last."""
    return date(day.year, 2, 1) if 2 <= day.month < 9 else date(school_year(day), 9, 1)


def last_thursday(day: date) -> date:
    """The last Thursday before ``day``, since when the week's changes are counted: schools report by each Thursday (plan,
    part 3 (四) 1)."""
    return day - timedelta(days=(day.weekday() - _THURSDAY - 1) % 7 + 1)


def week_of(day: date) -> date:
    """The Thursday that ends the week of ``day`` and by which its report is due."""
    return last_thursday(day) + timedelta(days=7)
