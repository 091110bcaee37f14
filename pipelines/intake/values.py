"""Single values as exports write them -> the record's form. Pure functions of one text; callers map distinct texts.

The patterns beside them (RE2) name texts that a function returns unchanged, so that it need not be called for them
(``matching.text_columns.on_distinct``).
"""

import re
import unicodedata
from datetime import date, timedelta

from matching.blanks import BLANKS
from matching.character_forms import HAN, usual_characters
from pipelines.intake.moments import at_time, in_china

_SEPARATED = re.compile(r"^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?$")
_TIME = re.compile(r"(?<![ T])[ T]+\d{1,2}:\d{2}.*$")  # looked for once in each run of blanks
_SHORT_YEAR = re.compile(r"^(\d{2})[-.年](\d{1,2})[-.月](\d{1,2})日?$")  # 01/05/10 may begin with any of the three
_DAY_FIRST = re.compile(r"^(\d{1,2})[-./](\d{1,2})[-./](\d{4})$")
_ENGLISH = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"
_NAMED_MONTH = (  # 06-Jun-2008, 06-JUN-08 and 06-6月 -08 as Oracle writes them, June 6, 2008
    re.compile(r"^(?P<day>\d{1,2})[-./]?(?P<named>[A-Z]{3})[A-Z]{0,6}[-./,]?(?P<year>\d{4}|\d{2})$"),
    re.compile(r"^(?P<day>\d{1,2})-(?P<month>\d{1,2})月-(?P<year>\d{4}|\d{2})$"),
    re.compile(r"^(?P<named>[A-Z]{3})[A-Z]{0,6}\.?(?P<day>\d{1,2}),(?P<year>\d{4})$"),
)
_IN_WORDS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_TENS = re.compile(r"([1-9]?)十([1-9]?)")
_SERIAL = re.compile(r"^(\d{4,5})(\.\d+)?$")
_MONTH = re.compile(r"^(\d{4})[-./年]?(\d{1,2})月?$")
_UNSEEN = re.compile(rf"[{BLANKS}']")
ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
_NOTHING = {"", "无", "—", "-", "--", "/", "0", "暂无", "不详", "未知", "NULL", "NAN", "NONE", "空", "未填"} | ERRORS
# Of ``text_or_none`` and ``parse_key``: three characters and more, the first three and the last neither blanks nor marks.
SAME_TEXT = rf"^[0-9{HAN}]{{3}}(?s:.*[0-9A-Za-z{HAN}])?$"
SAME_NUMBER = r"^[0-9A-Z]{5,}$"  # of ``squeezed_or_none``; what says that there is nothing is shorter
# Of ``parse_phone``: a mobile's number, in which some digit is neither the first nor the second.
_THIRD = {second: "".join(d for d in "0123456789" if d not in ("1", second)) for second in "3456789"}
SAME_PHONE = "^1(?:" + "|".join(f"{d}[0-9]{{{i}}}[{rest}][0-9]{{{8 - i}}}" for d, rest in _THIRD.items() for i in range(9)) + ")$"
_SERIAL_FROM = date(1899, 12, 30)  # day 0 of the 1900 date system
_DAYS_TO_1904 = 1462


def squeeze(text: str) -> str:
    """Half-width, without blanks and invisible characters, upper case."""
    return _UNSEEN.sub("", usual_characters(_UNSEEN.sub("", text))).upper()


def text_or_none(text: str) -> str | None:
    """The text trimmed, or None where it says nothing ('无', '—', '0' …)."""
    trimmed = text.strip(" \t\r\n\0\x0b\u3000\u200b\ufeff'")
    return None if squeeze(trimmed) in _NOTHING else trimmed


def squeezed_or_none(text: str) -> str | None:
    """The text squeezed, or None where it says nothing."""
    plain = squeeze(text)
    return None if plain in _NOTHING else plain


def is_nothing(text: str) -> bool:
    """Does the text say that there is nothing to say ('无', '—', '0' …)?"""
    return squeeze(text) in _NOTHING


def is_error(text: str) -> bool:
    """Is the text an error value that a spreadsheet wrote out (#N/A …)?"""
    return squeeze(text) in ERRORS


def _without_time(text: str) -> str:
    """The text without the time of day that ends its last line. Looked for in the whole text, each time in it would be followed to the end."""
    before, line_end, last = text.rpartition("\n")
    return before + line_end + _TIME.sub("", last)


def parse_date(text: str, from_1904: bool = False, serials: bool = False, early: str | None = None) -> date | None:
    """A day from any of the forms of docs/formats.md 3.5. None for months without a day, impossible and ambiguous days and all else.
    ``from_1904``: bare numbers count days from 1904 (workbooks once made on a Mac) and not from 1900; ``serials``: the
    column is one of such numbers, so that the small ones (before 1957) are days too;
    ``early``: the time of day that stands for midnight of the next day (``pipelines.intake.moments.early_time``)."""
    text = in_china(text)
    if early and at_time(text, early):
        day_before = parse_date(text, from_1904, serials)
        return day_before + timedelta(days=1) if day_before else None
    plain = squeeze(text).removesuffix(".0")
    day_alone = in_digits(squeeze(_without_time(text.strip())).rstrip(".").replace("–", "-"))
    if match := re.match(r"^(\d{4})(\d{2})(\d{2})$", plain) or _SEPARATED.match(day_alone):
        return _day(*map(int, match.groups()))
    if match := _SHORT_YEAR.match(plain):
        year, month, day = map(int, match.groups())
        return _day(year + (2000 if year < 50 else 1900), month, day)
    if match := _DAY_FIRST.match(day_alone):  # 15/1/2010 and 1/15/2010 are one day each, 3/5/2010 may be two
        first, second, year = map(int, match.groups())
        return _day(year, min(first, second), max(first, second)) if max(first, second) > 12 or first == second else None
    if match := next((m for pattern in _NAMED_MONTH if (m := pattern.match(day_alone))), None):
        return _day_of_named_month(**match.groupdict())
    # From 1957 to 2050. Below, five digits are as well the beginning of a day without separators (20101 for 20101111).
    if (serial := _SERIAL.match(plain)) and (3_654 if serials else 21_000) <= int(serial[1]) <= 55_000:
        return _SERIAL_FROM + timedelta(days=int(serial[1]) + (_DAYS_TO_1904 if from_1904 else 0))
    return None


def _day_of_named_month(day: str, year: str, named: str = "", month: str = "") -> date | None:
    place = _ENGLISH.find(named)
    if named and place % 3:
        return None
    short = len(year) == 2
    return _day(int(year) + ((2000 if int(year) < 50 else 1900) if short else 0), int(month or place // 3 + 1), int(day))


def in_digits(text: str) -> str:
    """二〇一〇年三月十五日 -> 2010年3月15日."""
    if not any(character in text for character in "一二三四五六七八九十"):
        return text
    return _TENS.sub(lambda m: (m[1] or "1") + (m[2] or "0"), text.translate(_IN_WORDS))


def parse_month(text: str) -> str | None:
    """'yyyymm' from a month or a day; None where there is none."""
    if day := parse_date(text):
        return f"{day:%Y%m}"
    if re.match(r"^\d{4}\.1$", squeeze(text)):  # January, or October as a spreadsheet's number
        return None
    match = _MONTH.match(squeeze(text).removesuffix(".0"))
    return f"{match[1]}{int(match[2]):02d}" if match and 1 <= int(match[2]) <= 12 else None


def parse_phone(text: str) -> str | None:
    """7 to 12 digits; None for all else."""
    plain = re.split(r"[、,，;；/]", re.sub(r"^(?:\+|00)86-?", "", squeeze(text)).removesuffix(".0"))[0]  # of several the first
    if re.search(r"\dE[+-]?\d", plain):  # a number that a spreadsheet cut: its exponent is no digit of a phone
        return None
    digits = "".join(str(unicodedata.decimal(c)) for c in plain if c.isdecimal())
    return digits if 7 <= len(digits) <= 12 and len(set(digits)) > 2 else None


def parse_key(text: str) -> str | None:
    """A number by which a system tells households or persons apart; None where a spreadsheet has lost its last digits,
    because what is left is many people's (4.51228001234567E+17)."""
    return None if re.match(r"^\d(?:\.\d+)?E\+?\d+$", squeeze(text)) else text_or_none(text)


def parse_amount(text: str) -> float | None:
    """Yuan."""
    match = re.match(r"^[¥￥]?(\d+(?:\.\d+)?)元?$", squeeze(text).replace(",", ""))
    return float(match[1]) if match else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None
