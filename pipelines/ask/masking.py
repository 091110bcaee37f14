"""What is known of a person, masked for a screen that others see and for training: enough to tell two persons apart, not to know one.

A name keeps its ends (韦*乐), an ID number its division and its last four digits, a phone its first three and last four, a birthdate its year.
Townships, villages and schools stay: what is masked is not anonymous, and is no more to be given away than the rest.
"""

import re
from collections.abc import Iterable
from datetime import date

import duckdb

from schemas.divisions import Divisions

_SHORTEST_NAME, _LONGEST_NAME, _LONGEST_WORD = 2, 16, 40  # characters
_LONGEST_PHONE, _SHORTEST_ID = 14, 15  # digits
# A number of bidui's own has a letter or a point before it (P0001234, xueji.2.0000559); a student number is G or L and an ID number.
_NUMBER = re.compile(r"(?<![\dA-Za-z.])([GL]?)([\d*]{7,}[Xx]?|\d\.\d{4,}[Ee]\+\d+)(?![\dA-Za-z])")
_MOMENT = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])(\d{4}|\d{6})?")  # as in a file's name
_DAY = re.compile(r"(?<!\d)(\d{4})([-./]|年)(\d\d?)([-./]|月)(\d\d?)日?(?!\d)")
_NAMES = """
    with written as (
        select unnest([name, name_raw, former_name, guardian]) as name from records
        union select unnest(string_split(kin, '|')) from records
        union select unnest([name, guardian]) from persons
    ) select distinct trim(name) from written where name is not null
"""
_ODD_NUMBERS = "select distinct id_raw from records where not regexp_full_match(id_raw, '[GL]?[0-9]+[Xx]?')"
_NAMES_OF_CASES = """
    select distinct unnest([content->>'$.name', content->>'$.guardian', content->>'$.value_a', content->>'$.value_b']) as name
    from case_log where kind = 'list' or content->>'$.field' like '%姓名%' or content->>'$.field' like '%监护人%'
"""


def mask_name(name: str | None) -> str | None:
    """韦*乐: the first character and the last, of two the first."""
    if not name:
        return name
    end = name[-1] if len(name) > 2 else ""
    return f"{name[0]}{'*' * (len(name) - 1 - len(end))}{end}"


def mask_number(number: str | None) -> str | None:
    """451228********1234 of an ID number, 138****5678 of a phone; of shorter ones the last two digits."""
    if not number:
        return number
    first, last = (6, 4) if len(number) >= _SHORTEST_ID else (3, 4) if len(number) >= 11 else (0, 2)
    return f"{number[:first]}{'*' * (len(number) - first - last)}{number[-last:]}"


class Masker:
    """Masks texts in which persons may be named. ``names``: all that may occur; ``numbers``: ID numbers in forms that only their owner's system
    writes; ``kept``: places, which stay though one may be called like a person; ``first_night``: days before it are birthdates."""

    def __init__(self, names: Iterable[str], numbers: Iterable[str], kept: Iterable[str], first_night: date) -> None:
        self._words = {number: str(mask_number(number)) for number in numbers if len(number) >= _SHORTEST_ID}
        self._words |= {name: str(mask_name(name)) for name in names if _is_name(name)}
        self._words |= {place: place for place in kept}
        self._longest = min(max(map(len, self._words), default=0), _LONGEST_WORD)
        self._first_night = first_night

    def text(self, text: str) -> str:
        """The text with each name, number and birthdate in it masked."""
        return self._names(_NUMBER.sub(_masked_number, _DAY.sub(self._day, text)))

    def _day(self, found: re.Match[str]) -> str:
        try:
            day = date(int(found[1]), int(found[3]), int(found[5]))
        except ValueError:
            return found[0]
        return found[0] if day >= self._first_night else f"{found[1]}-**-**"

    def _names(self, text: str) -> str:
        """Each name replaced, of those that begin at one character the longest."""
        parts, place = [], 0
        while place < len(text):
            longest = min(self._longest, len(text) - place)
            word = next((w for n in range(longest, 1, -1) if (w := text[place : place + n]) in self._words), text[place])
            parts.append(self._words.get(word, word))
            place += len(word)
        return "".join(parts)


def masker_of(con: duckdb.DuckDBPyConnection, places: Iterable[str], more_names: Iterable[str] = ()) -> Masker:
    """The masker of a published run, whose tables ``records``, ``persons`` and ``case_log`` are views of ``con``; ``places``: names of townships
    and villages; ``more_names``: of others, as of those who answer for a village."""
    names = {name for query in (_NAMES, _NAMES_OF_CASES) for (name,) in con.execute(query).fetchall() if name}
    (first,) = con.execute("select min(as_of) from case_log").fetchall()[0]
    numbers = (number for (number,) in con.execute(_ODD_NUMBERS).fetchall() if number)
    return Masker(names | set(more_names), numbers, places, first or date.max)


def place_names(divisions: Divisions) -> set[str]:
    """What the county's townships and villages are called and how they are written."""
    townships = [(township.name, *township.spellings) for township in divisions.townships]
    villages = [(village.name, *village.spellings) for township in divisions.townships for village in township.villages]
    return {name for place in (*townships, *villages) for name in place if len(name) > 1}


def _is_name(text: str) -> bool:
    return _SHORTEST_NAME <= len(text) <= _LONGEST_NAME and not any(character.isdigit() or character == "*" for character in text)


def _masked_number(found: re.Match[str]) -> str:
    prefix, number = found[1], found[2]
    if _MOMENT.fullmatch(number) or (prefix and len(number) < _SHORTEST_ID) or _LONGEST_PHONE < len(number) < _SHORTEST_ID:
        return found[0]
    return prefix + str(mask_number(number))
