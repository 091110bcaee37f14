"""May two texts that officers wrote name one school? 广东省东莞市长安镇第一中学, 东莞长安一中 and 长安镇第一中学（初中部） may; 广州市第一中学 is another."""

import re
from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from pipelines.answers.schools import LONGEST_PLACE, SHORTEST_PLACE, named_places, school_of_answer
from schemas.divisions import place_stem

# What a division is called, behind its short name.
_KIND = re.compile("^(?:(?:[一-龥]{1,4}族)?自治[区州县]|省|市|地区|[州县区旗镇乡]|街道办事处|街道)")
_TOWNSHIP = re.compile("^([一-龥]{1,4}?)(?:镇|乡|街道办事处|街道)(?![镇乡])")

# What is left out, or written in another way, of one school's name.
_NUMBER = "[一二三四五六七八九十]{1,3}"
_PART = re.compile(r"(?:\([^()]{1,12}\)|(?:初中|小学|高中)部|(?<=中学|小学|学校|[一二三四五六七八九十]中(?!学)).{1,6}校区)$")
_JUNIOR = re.compile("(?:初级中学|初级中|初中|中学)$")
_NUMBERED = re.compile(rf"第?({_NUMBER})(中|小)学?$")
_DIGITS = re.compile(r"\d{1,2}")
_ONES = ("", *"一二三四五六七八九")


class SchoolName(NamedTuple):
    """``province``: where it is named; ``places``: prefecture, county and township that are named, by their short names; ``rest``: what
    stands behind them."""

    province: str | None
    places: frozenset[str]
    rest: str


@cache
def school_name(text: str) -> SchoolName:
    """The parts of a school's name, without the class behind it."""
    rest, province, places = school_of_answer(text), None, set[str]()
    while True:
        named = named_places()
        found = next(
            (rest[:n] for n in range(min(LONGEST_PLACE, len(rest) - 1), SHORTEST_PLACE - 1, -1) if rest[:n] in named), None
        )
        if found:
            behind = _KIND.sub("", rest[len(found) :])
            if named[found] == 1:
                province = place_stem(found)
            else:
                places.add(place_stem(found))
        elif township := _TOWNSHIP.match(rest):
            behind = rest[township.end() :]
            places.add(township[1])
        else:
            return SchoolName(province, frozenset(places), rest)
        if not behind:
            return SchoolName(province, frozenset(places), rest)
        rest = behind


def may_be_one(left: SchoolName, right: SchoolName) -> bool:
    """Is there nothing in which the two names contradict each other? What one leaves out contradicts nothing, be it the place or the part of the
    school; 一中, 第1中学 and 第一初级中学 are spellings."""
    return is_one(left, right) or is_one(*(name._replace(rest=_plain(name.rest)) for name in (left, right)))


def is_one(left: SchoolName, right: SchoolName) -> bool:
    """As ``may_be_one``, but for spellings of what stands behind the place."""
    if left.province and right.province and left.province != right.province:
        return False
    if left.rest != right.rest:
        left, right = _peeled(left, right.places), _peeled(right, left.places)
    return left.rest == right.rest and (left.places <= right.places or right.places <= left.places)


@cache
def _plain(name: str) -> str:
    """A school's name without its part, its number in Chinese and its kind at its shortest: 长安第1初级中学(东校区) -> 长安一中."""
    name = _DIGITS.sub(lambda digits: _in_chinese(int(digits[0])), _PART.sub("", name))
    return _NUMBERED.sub(r"\1\2", _JUNIOR.sub("中", name)) if name else name


def _in_chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _ONES[tens]) + ("十" if tens else "") + _ONES[ones]


def _peeled(school: SchoolName, places: Collection[str]) -> SchoolName:
    """The name without those of ``places`` at its beginning that stand there by their short names: 虎门第三中学."""
    for place in sorted(place for place in places if school.rest.startswith(place)):
        if len(school.rest) > len(place):
            return _peeled(SchoolName(school.province, school.places | {place}, school.rest[len(place) :]), places)
    return school
