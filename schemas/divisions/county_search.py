"""Which county of China a code or a name means, and which may be meant where there is none."""

import difflib
from collections.abc import Iterable

from schemas.divisions import all_divisions, county_names, is_no_place, parents_of, place_stem, short_county_name

HOW_A_COUNTY_IS_NAMED = "六位区划代码，或县名：全称（大化瑶族自治县）、简称（大化县、大化），重名的前面写市名（南京市鼓楼区）"
_SUGGESTED = 5  # counties
_SHOWN = 20  # characters of what was asked for


def counties_named(text: str) -> list[str]:
    """The codes of the counties that ``text`` names: by the code; by the whole name, with province or prefecture before it or not; else by
    its name without what a county is called. More than one where they share it."""
    names = county_names()
    if text in names:
        return [text]
    whole = [code for code, name in names.items() if text.endswith(name) and text in _written_out(code, name)]
    return whole or [code for code, name in names.items() if text in (place_stem(name), short_county_name(name))]


def county_title(code: str) -> str:
    """A county with its code and what it lies in: 451229 大化瑶族自治县（广西壮族自治区河池市）."""
    above = "".join(parents_of(code))
    return f"{code} {county_names()[code]}{f'（{above}）' if above else ''}"


def larger_place(text: str) -> str | None:
    """The code, of two or four digits, of the province or prefecture that ``text`` is the code or the name of; None where it is none, or is
    a county's too."""
    if text in county_names():
        return None
    places = all_divisions()
    code = text.removesuffix("0000") if text.endswith("0000") else text.removesuffix("00") if len(text) == 6 else text
    if len(code) in (2, 4) and code in places:
        return code
    of_name = (code for code, name in places.items() if len(code) in (2, 4) and text in (name, place_stem(name)))
    return next((code for code in of_name if not is_no_place(places[code])), None)


def why_no_county(text: str) -> str:
    """Of what is no county: that it is a province or a prefecture, and what lies in it; else the counties that are most like it. A Chinese
    sentence without its full stop."""
    shown = f"“{text[:_SHOWN]}”"
    if (code := larger_place(text)) is not None:
        places = all_divisions()
        parts = _parts(code)
        inside = "、".join(f"{part} {places[part]}" for part in parts)
        name = places[code[:2]] if is_no_place(places[code]) else places[code]
        return f"{shown}{f'是{name}，' if name != text else ''}不是县，它有 {inside}。请写其中一个县的代码"
    near = "、".join(map(county_title, _like(text)))
    return f"区划表里没有{shown}{f'，相近的有 {near}' if near else ''}"


def _written_out(code: str, name: str) -> set[str]:
    """The county's name, with or without the names of province and prefecture."""
    parents = parents_of(code)
    return {"".join(before) + name for before in (parents, parents[:1], parents[1:], ())}


def _parts(code: str) -> list[str]:
    """The codes of the prefectures of a province, with the counties that are in none; of the counties of a prefecture."""
    places = all_divisions()
    inside = [part for part in places if len(part) == len(code) + 2 and part.startswith(code)]
    return sorted(part for place in inside for part in (_parts(place) if len(place) == 4 and is_no_place(places[place]) else [place]))


def _like(text: str) -> list[str]:
    """The codes of the counties most like ``text``: of a code the nearest in its prefecture, else in its province."""
    names = county_names()
    if text.isdigit():
        around = [code for code in names if code[:4] == text[:4]] or [code for code in names if code[:2] == text[:2]]
        return sorted(around, key=lambda code: abs(int(code) - int(text)))[:_SUGGESTED]
    stems = {place_stem(name): name for name in names.values()}
    near = [*_close(text, names.values(), 0.6), *_close(text, stems, 0.5)]
    meant = [stems.get(name, name) for name in near]
    return sorted((code for code, name in names.items() if name in meant), key=lambda code: meant.index(names[code]))[:_SUGGESTED]


def _close(text: str, names: Iterable[str], least: float) -> list[str]:
    return difflib.get_close_matches(text, names, _SUGGESTED, least)
