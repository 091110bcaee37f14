"""The school year, the semester, and the plan's weeks, which end on a Thursday."""

from datetime import date

import pytest

from schemas.calendar import last_report_day, report_week, school_year, semester_start


@pytest.mark.parametrize(("day", "last"), [(15, 9), (16, 9), (17, 16), (22, 16), (23, 16), (24, 23)])
def test_weeks_end_on_thursday(day: int, last: int):
    assert last_report_day(date(2020, 4, day), 3) == date(2020, 4, last)
    assert report_week(date(2020, 4, day), 3) == date(2020, 4, last + 7)


@pytest.mark.parametrize(
    ("day", "year", "semester"),
    [
        (date(2020, 1, 31), 2019, date(2019, 9, 1)),
        (date(2020, 2, 1), 2019, date(2020, 2, 1)),
        (date(2020, 8, 31), 2019, date(2020, 2, 1)),
        (date(2020, 9, 1), 2020, date(2020, 9, 1)),
        (date(2020, 12, 31), 2020, date(2020, 9, 1)),
    ],
)
def test_school_years_and_semesters(day: date, year: int, semester: date):
    assert (school_year(day), semester_start(day)) == (year, semester)
