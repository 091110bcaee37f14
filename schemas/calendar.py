"""Days: which day it is, and days of the school year and of the plan's weekly report.

The day is China's whatever the machine's zone: at 02:00 there it is still the day before in Europe. China has one zone and no summer
time, so that no table of zones is needed.
"""

import re
from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
_WRITTEN_DAY = re.compile(r"\s*(\d{4})\D{0,2}(\d{1,2})\D{0,2}(\d{1,2})\D?\s*")

def today() -> date:
    """China's day. The only place that asks the clock for a day."""
    return datetime.now(CHINA).date()


def no_such_day(text: str) -> str | None:
    """What to tell of ``text`` where it is written as a day that no calendar has, such as 2020-02-30; None for all else."""
    if written := _WRITTEN_DAY.fullmatch(text):
        year, month, day = map(int, written.groups())
        try:
            date(year, month, day)
        except ValueError:
            return f"没有 {year:04}-{month:02}-{day:02} 这一天，请改正"
    return None


def not_a_day(text: str) -> str:
    """What to tell of ``text``, which was to be a day and is none."""
    return no_such_day(text) or "日期应写成 2020-04-15 这样"


def day_of_moment(seconds: float) -> date:
    """China's day at ``seconds`` since 1970, as files have them."""
    return datetime.fromtimestamp(seconds, CHINA).date()


def school_year(day: date) -> int:
    """The year in which the school year of ``day`` began, on 1 September."""
    return day.year if day.month >= 9 else day.year - 1


def semester_start(day: date) -> date:
    """The first day of the semester of ``day``: 1 September or 1 February."""
    return date(day.year, 2, 1) if 2 <= day.month < 9 else date(school_year(day), 9, 1)


def in_autumn(day: date) -> bool:
    """Is ``day`` in an autumn semester?"""
    return semester_start(day).month == 9


def before_summer(day: date) -> bool:
    """Is ``day`` in a spring semester, before the summer holiday?"""
    return semester_start(day).month == 2 and day.month < 8


def in_winter_holiday(day: date) -> bool:
    """May ``day`` be between the autumn semester and the first lessons of spring? The holiday moves with the Spring Festival, from 8 January
    at the earliest to the end of February at the latest."""
    return day.month == 2 or (day.month == 1 and day.day >= 8)


def last_report_day(day: date, weekday: int) -> date:
    """The last day before ``day`` on which schools reported: ``weekday`` (0 for Monday; the plan's is Thursday, part 3 (四) 1). The week's
    changes are counted since then."""
    return day - timedelta(days=(day.weekday() - weekday - 1) % 7 + 1)


def report_week(day: date, weekday: int) -> date:
    """The report day on which the week of ``day`` ends; for a report day that day itself."""
    return last_report_day(day, weekday) + timedelta(days=7)
