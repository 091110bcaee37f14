"""Days of the school year and of the plan's weekly report."""

from datetime import date, timedelta

_THURSDAY = 3


def school_year(day: date) -> int:
    """The year in which the school year of ``day`` began, on 1 September."""
    return day.year if day.month >= 9 else day.year - 1


def semester_start(day: date) -> date:
    """The first day of the semester of ``day``: 1 September or 1 February."""
    return date(day.year, 2, 1) if 2 <= day.month < 9 else date(school_year(day), 9, 1)


def last_thursday(day: date) -> date:
    """The last Thursday before ``day``. The week's changes are counted since then, because schools report by each Thursday (plan,
    part 3 (四) 1)."""
    return day - timedelta(days=(day.weekday() - _THURSDAY - 1) % 7 + 1)


def week_of(day: date) -> date:
    """The Thursday on which the week of ``day`` ends and its report is due; for a Thursday that day itself."""
    return last_thursday(day) + timedelta(days=7)
