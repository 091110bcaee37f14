"""Days that programs wrote as moments: midnights of China in universal time, milliseconds since 1970, the texts of Java and JavaScript."""

import re
from datetime import UTC, datetime, timedelta, timezone

from schemas.calendar import CHINA

_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_CLOCK = r"(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:\.\d+)?"
_OFFSET = r"(?P<offset>[+-]\d{2}:?\d{2})"
_NAMED_DAY = r"^[A-Z][a-z]{2} (?P<named>[A-Z][a-z]{2}) (?P<day>\d{1,2}) "
_WRITTEN = tuple(
    map(
        re.compile,
        (
            rf"^(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}})[T ]{_CLOCK} ?(?P<zone>Z|{_OFFSET})$",  # 2008-04-15T16:00:00.000Z
            rf"{_NAMED_DAY}{_CLOCK} (?P<zone>[A-Z]+{_OFFSET}?) (?P<year>\d{{4}})$",  # Wed Apr 16 00:00:00 CST 2008
            rf"{_NAMED_DAY}(?P<year>\d{{4}}) {_CLOCK} (?P<zone>GMT{_OFFSET}?)",  # Wed Apr 16 2008 00:00:00 GMT+0800 (CST)
        ),
    )
)
# From 1973 on, and before 1970; what looks like a day and its hour (201003151200) is none.
_MILLISECONDS = re.compile(r"^(?:/Date\()?(1\d{12}|(?!19|20)[1-9]\d{11}|-[1-9]\d{9,12})(?:\.0|\)/)?$")
# As a spreadsheet shows them; with fewer digits the day is not sure.
_ROUNDED_MILLISECONDS = re.compile(r"^[1-9]\.\d{5,11}E\+?1[12]$")
SHORTEST_MOMENT = 11  # characters
_UNIVERSAL = {"Z", "GMT", "UTC", "UT"}
_SUMMER_TIME = range(1986, 1992)  # in these years midnight of a day in summer was an hour earlier


def in_china(text: str) -> str:
    """'yyyy-mm-dd hh:mm:ss' in China's time, of a text that names a moment by its zone or in milliseconds; all other texts as they are."""
    plain = text.strip()
    if len(plain) < SHORTEST_MOMENT:
        return text
    try:
        moment = _moment(plain)
        local = moment.astimezone(CHINA) if moment else None
    except (ValueError, OverflowError):  # no day of the calendar
        return text
    if local is None:
        return text
    if local.year in _SUMMER_TIME and 4 <= local.month <= 9 and local.hour == 23:
        local += timedelta(hours=1)
    return f"{local:%Y-%m-%d %H:%M:%S}"


def _moment(plain: str) -> datetime | None:
    """The moment that the text names; None where it names none. Raises ValueError where it is not of the calendar."""
    if milliseconds := _MILLISECONDS.match(plain):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(milliseconds[1]))
    if _ROUNDED_MILLISECONDS.match(plain):
        noon = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=float(plain), hours=12)).astimezone(CHINA)
        return noon.replace(hour=0, minute=0, second=0, microsecond=0)  # the nearest midnight
    match = next((m for pattern in _WRITTEN if (m := pattern.match(plain))), None)
    if match is None:
        return None
    parts = match.groupdict()
    month = parts.get("month") or _MONTHS.find(parts["named"]) // 3 + 1
    hour, minute, second = (int(parts[p] or 0) for p in ("hour", "minute", "second"))
    zone = _zone(parts["zone"], parts["offset"])
    return datetime(int(parts["year"]), int(month), int(parts["day"]), hour, minute, second, tzinfo=zone)


def _zone(name: str, offset: str | None) -> timezone:
    """The zone of a text; China's where it has a name that is not the universal one (Java writes CST, and CDT in summer)."""
    if offset:
        minutes = int(offset[1:3]) * 60 + int(offset[-2:])
        return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
    return UTC if name in _UNIVERSAL else CHINA


def at_time(text: str, time: str) -> bool:
    """Does the text name a moment at ``time``, a pattern of ``early_days.early_time``?"""
    return re.search(time, in_china(text).strip()) is not None
