"""One text of a column of days -> the numbers in it, and which of them is what as far as the text itself says. What it leaves
open ``pipelines.lists.list_days`` decides by the column's other texts."""

import re
from typing import NamedTuple

from matching.character_forms import usual_characters
from pipelines.intake.moments import in_china
from pipelines.intake.values import in_digits, squeeze

YEARS = range(1600, 2101)  # of births, historical lists included
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_TIME = re.compile(r"(?<![ T])[ T]+\d{1,2}:\d{2}.*$")  # looked for once in each run of blanks
_BLANK_BETWEEN = re.compile(r"(?<=\d)[ \u3000]+(?=\d)")

_MONTH = r"(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]{0,6}\.?"
_DAY, _MARK = r"(\d{1,2})(?:ST|ND|RD|TH)?", r"[-./,]*"
# Kind -> the texts of it, squeezed. The groups are the numbers in their order; the kinds of ``Written`` say what they are.
_PATTERNS = tuple(
    (kind, re.compile(f"^{pattern}$"))
    for kind, pattern in (
        ("ymd", r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?"),
        ("eight", r"(\d{8})"),
        ("seven", r"(\d{7})"),
        ("six", r"(\d{2})(\d{2})(\d{2})"),
        ("serial", r"(\d{5})(?:\.\d+)?"),
        ("year_last", r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})"),
        ("short_ymd", r"(\d{2})年(\d{1,2})月(\d{1,2})[日号]?"),
        ("short", r"(\d{1,2})[-.](\d{1,2})[-.](\d{1,2})"),
        ("slashed", r"(\d{1,2})/(\d{1,2})/(\d{1,2})"),
        ("y", r"(\d{4})(?:年|\.1)?"),  # 2010.1 is January, or October as a spreadsheet's number
        ("ym", r"(\d{4})[-./年](\d{1,2})月?"),
        ("my", r"(\d{1,2})[-./](\d{4})"),
        ("dmy", rf"{_DAY}{_MARK}{_MONTH}{_MARK}(\d{{4}})"),
        ("mdy", rf"{_MONTH}{_MARK}{_DAY}{_MARK}(\d{{4}})"),
        ("ymd", rf"(\d{{4}}){_MARK}{_MONTH}{_MARK}{_DAY}"),
        ("my", rf"{_MONTH}{_MARK}(\d{{4}})"),
        ("short_dmy", rf"{_DAY}{_MARK}{_MONTH}{_MARK}(\d{{2}})"),
    )
)
_SURE = {"ymd": "ymd", "dmy": "dmy", "mdy": "mdy", "ym": "ym", "my": "my", "y": "y"}


class Written(NamedTuple):
    """``kind``: 'day' (``first``, ``second``, ``third`` are year, month and day; 0: not known), 'year_last' (the first two are
    day and month in some order), 'seven' (the same, without separators, a zero in front lost), 'short', 'slashed' and 'six' (a
    two-digit year, month and day in some order, with separators or without), 'short_ymd', 'short_dmy' (the order is known),
    'serial' (days counted from 1900), '' (no day)."""

    kind: str
    first: int = 0
    second: int = 0
    third: int = 0


NO_DAY = Written("")


def written(text: str) -> Written:
    """What the text says of a day."""
    spaced = _BLANK_BETWEEN.sub("-", _TIME.sub("", usual_characters(in_china(text)).strip().upper()))
    plain = in_digits(squeeze(spaced).replace("–", "-")).rstrip(".").removesuffix(".0")
    for kind, pattern in _PATTERNS:
        if match := pattern.match(plain):
            return _of_kind(kind, [_number(group) for group in match.groups()])
    return NO_DAY


def month_number(text: str) -> int | None:
    """1 to 12 from a column of months (3, 03, 3月, 三月, Mar, March); None for all else."""
    plain = re.sub(r"(\.0|月份?)$", "", in_digits(squeeze(text)))
    if re.match(f"^{_MONTH}$", plain):
        return _number(plain[:3])
    return int(plain) if re.match(r"^(0?[1-9]|1[0-2])$", plain) else None


def number_of_day(text: str) -> int | None:
    """1 to 31 from a column of days of the month (5, 05, 5日, 5th); None for all else."""
    plain = re.sub(r"(\.0|[日号]|ST|ND|RD|TH)$", "", in_digits(squeeze(text)))
    return int(plain) if re.match(r"^(0?[1-9]|[12]\d|3[01])$", plain) else None


def month_and_day(text: str) -> tuple[int, int]:
    """(month, day) from a column of both (3-15, 03/15, 3月15日, 0315, 315, a whole day as a spreadsheet makes of these); 0 for what is not
    known."""
    whole = written(text)
    if whole.kind == "day" and whole.third:
        return whole.second, whole.third
    plain = in_digits(squeeze(text)).removesuffix(".0")
    match = re.match(r"^(\d{1,2})[-./月](\d{1,2})[日号]?$|^(\d{1,2})(\d{2})$", plain)
    month, day = [int(group) for group in match.groups() if group] if match else (0, 0)
    if re.match(r"^\d{1,2}\.[123]$", plain):  # a spreadsheet's number: 3.1 is 1 or 10 March
        day = 0
    return (month, day) if 1 <= month <= 12 and day <= 31 else (0, 0)


def _number(group: str) -> int:
    return _MONTHS.index(group) + 1 if group in _MONTHS else int(group)


def _of_kind(kind: str, numbers: list[int]) -> Written:
    if kind in ("eight", "seven"):
        year, rest = divmod(numbers[0], 10_000)
        # A year of ``YEARS`` at the end leaves no month where a year at the front would have it: one reading at most is possible.
        if kind == "eight" and year in YEARS and rest // 100 <= 12:
            return _day(year, rest // 100, rest % 100)
        return Written("year_last" if kind == "eight" else kind, year // 100, year % 100, rest) if rest in YEARS else NO_DAY
    if order := _SURE.get(kind):
        number = dict(zip(order, numbers, strict=True))
        return _day(number["y"], number.get("m", 0), number.get("d", 0))
    if kind == "year_last":
        first, second, year = numbers
        if 0 in (first, second):
            return _day(year, second if first == 0 and second <= 12 else 0, 0)
        return Written(kind, *numbers) if year in YEARS else NO_DAY
    return Written(kind, *numbers)


def _day(year: int, month: int, day: int) -> Written:
    day = day if month else 0
    return Written("day", year, month, day) if year in YEARS else NO_DAY
