"""Places as exports write them -> the townships and villages of a county's divisions; what is in no table keeps its own text."""

import re
from collections.abc import Iterable

from pipelines.intake.values import is_error, is_nothing, squeeze
from schemas.divisions import Divisions, place_stem, short_county_name

# Behind a name without its 镇, 乡 or 村, what makes of it the beginning of another name: 大兴街, 太阳新村.
_STREET = re.compile(r"[村社街路巷]|大道")
_OTHER_VILLAGE = re.compile(r".{0,2}[村街路巷]")
_OTHER_TOWNSHIP = re.compile(r"^[^镇乡村社]{4,}[镇乡]")  # 大化新江乡
_TYPING_ERRORS = ("variant", "sound", "alike")
# What a township and a village are called, at the end of their names.
_TOWNSHIP_KIND = re.compile(r"(?:街道办事处|街道|办事处|镇|乡|苏木)$")
_VILLAGE_KIND = re.compile(r"(?:村|社区|嘎查|居委会)$")
_VILLAGE_WORDS = ("村民委员会", "村委会", "村委", "社区居委会", "村", "社区")
_KIND_ALONE = re.compile("镇|乡|街道|苏木|村|社区")
_CITY_KINDS = ("市区", "地区", "市", "地", "区")  # a prefecture as it is and was called
# The beginning of an address that names a township or a village which is in no table.
_UNKNOWN_TOWNSHIP = re.compile(r"^[一-龥]{1,6}?(?:街道办事处|街道|镇|乡|苏木)(?![镇乡])")
_UNKNOWN_VILLAGE = re.compile(r"^[一-龥]{1,8}?(?:村民委员会|村委会|社区居委会|居委会|社区|嘎查|村(?![村委民]))")
_LONGEST_PLACE = 30  # characters of a township or village that is in no table
_SHORTEST_VILLAGE, _LONGEST_VILLAGE = 2, 12


class Places:
    """The townships and villages of one county, known by all ways in which they are written."""

    def __init__(self, divisions: Divisions) -> None:
        self.county_code = divisions.code
        self._stem = place_stem(divisions.name) if divisions.name else ""
        self._townships: dict[str, str] = {}
        self._villages: dict[str, dict[str, str]] = {}
        for township in divisions.townships:
            for spelling in (township.name, *township.spellings, township.code, township.name[:-1] + "街道"):
                if spelling:
                    self._townships[spelling] = township.name
            self._villages[township.name] = _village_spellings([(v.name, v.spellings) for v in township.villages])
        for name in set(self._townships.values()):
            self._townships.setdefault(_TOWNSHIP_KIND.sub("", name), name)
        self._lengths = sorted({len(spelling) for spelling in self._townships if not spelling.isdigit()}, reverse=True)
        above = (*divisions.parents, *filter(None, (divisions.name,)))
        # How much of an address's beginning may be left out, the most first: a township or village may have the name of what it lies
        # in, as 大化镇 of 大化瑶族自治县 has.
        self._prefixes = [
            re.compile("^(?:中国)?" + "".join(map(_optional, above[:length]))) for length in range(len(above), -1, -1)
        ]
        self._mistyped_before: dict[tuple[str, str | None], str | None] = {}
        self._by_form: dict[str | None, dict[tuple[int, str], list[str]]] = {}

    @property
    def townships(self) -> frozenset[str]:
        """The official names of the county's townships."""
        return frozenset(self._townships.values())

    def township_of(self, text: str) -> str | None:
        """The official township in a name, code or address; None where there is none."""
        return self.split_address(text)[0]

    def split_address(self, text: str) -> tuple[str | None, str | None]:
        """(official township, official village) at the beginning of an address, either None where not recognised."""
        plain = squeeze(text)
        if plain.startswith(self.county_code) and re.match(r"^\d{9}", plain):
            return self._townships.get(plain[:9]), None
        for rest, wholly in zip(self._without_prefix(plain), (True, False, False, False), strict=False):
            # What was to be left out is a township's name where no other township's follows it.
            if (found := self._split(rest))[0] and (wholly or not _OTHER_TOWNSHIP.match(rest)):
                return found
        return None, None

    def _without_prefix(self, plain: str) -> Iterable[str]:
        """What can be left of a text behind the names of province, prefecture and county, the shortest first."""
        return dict.fromkeys(prefix.sub("", plain) for prefix in self._prefixes)

    def _split(self, rest: str) -> tuple[str | None, str | None]:
        for length in self._lengths:
            if (official := self._townships.get(rest[:length])) and (length > 2 or not _STREET.match(rest[2:])):
                return official, self.village_of(rest[length:], official)
        if (length := _length_of_township(rest)) and (near := self._mistyped(rest[:length], None)):
            return self._townships[near], self.village_of(rest[length:], self._townships[near])
        return None, None

    def village_of(self, text: str, township: str | None) -> str | None:
        """The township's official village that the text begins with; without a township, one of a name found only once."""
        found = (self._village(rest, township) for rest in self._without_prefix(squeeze(text)))
        return next(filter(None, found), None)

    def _village(self, plain: str, township: str | None) -> str | None:
        if township is None:
            found = {(t, v) for t, names in self._villages.items() if (v := names.get(plain))}
            return next(iter(found))[1] if len(found) == 1 else None
        names = self._villages.get(township, {})
        if plain in names:
            return names[plain]
        plain = plain.removeprefix(township)  # 共和乡弄王村 is not 共和村
        for length in range(min(len(plain), _LONGEST_VILLAGE), _SHORTEST_VILLAGE - 1, -1):
            if (village := names.get(plain[:length])) and (
                plain[:length][-1] in "村区会委" or not _OTHER_VILLAGE.match(plain[length:])
            ):
                return village
        near = self._mistyped(plain, township) if len(plain) >= 3 else None
        return names[near] if near else None

    def county_of(self, text: str) -> str | None:
        """Six-digit county code in a division code or name; this county's for its name; None where it cannot be told."""
        plain = squeeze(text)
        if re.match(r"^\d{6}(\d{3}|\d{6})?$", plain):
            return plain[:6]
        return self.county_code if self.names_county(plain) else None

    def without_places(self, text: str) -> str:
        """The text without the names of province, prefecture, county and township at its beginning."""
        rest = next(iter(self._without_prefix(squeeze(text))))
        length = next((n for n in self._lengths if rest[:n] in self._townships), 0)
        return rest[length:]

    def names_county(self, text: str) -> bool:
        """Does the text hold the county's name?"""
        return bool(self._stem) and self._stem in text

    def _mistyped(self, typed: str, township: str | None) -> str | None:
        """The one village of the township, or the one township, whose name sounds or looks like the typed one; None where none
        does or several do. Names that differ otherwise are other places."""
        key = typed, township
        if key not in self._mistyped_before:
            self._mistyped_before[key] = _nearest(typed, self._forms(township).get((len(typed), typed[-1]), []))
        return self._mistyped_before[key]

    def _forms(self, township: str | None) -> dict[tuple[int, str], list[str]]:
        """The spellings of the township's villages, or of the townships, by their length and last character, each list sorted."""
        if township not in self._by_form:
            found: dict[tuple[int, str], list[str]] = {}
            for name in sorted(self._townships if township is None else self._villages.get(township, {})):
                found.setdefault((len(name), name[-1]), []).append(name)
            self._by_form[township] = found
        return self._by_form[township]

    def township_or_text(self, text: str) -> str | None:
        """The official township, or what the cell of a column of townships says: one that is in no table is a place too. None where
        the cell names none."""
        return self.township_of(text) or _as_text(self._own_part(text))

    def village_or_text(self, text: str, township: str | None) -> str | None:
        """The official village, or what the cell of a column of villages says."""
        known = self.village_of(text, township)
        return known or _as_text(self._own_part(text).removeprefix(township or ""))

    def split_address_or_text(self, text: str) -> tuple[str | None, str | None]:
        """As ``split_address``; what an address calls a township or a village is one though it is in no table."""
        township, village = self.split_address(text)
        rest = self._own_part(text)
        if township is None:
            found = _UNKNOWN_TOWNSHIP.match(rest)
            return (found[0], _village_text(rest[found.end() :])) if found else (None, None)
        return township, village or _village_text(self._behind_township(rest))

    def _own_part(self, text: str) -> str:
        """A text behind the names of province, prefecture and county; one that a township has is left where 镇 or 乡 follows."""
        plain = squeeze(text)
        rests = list(self._without_prefix(plain))
        return next((rest for rest in rests if not _KIND_ALONE.match(rest)), plain)

    def _behind_township(self, rest: str) -> str:
        length = next((n for n in self._lengths if rest[:n] in self._townships), 0) or _length_of_township(rest)
        return rest[length:]


def _village_text(rest: str) -> str | None:
    """The village that the rest of an address names."""
    found = _UNKNOWN_VILLAGE.match(rest)
    return found[0] if found else None


def _as_text(plain: str) -> str | None:
    """A cell's text, if it can be a place's name."""
    if not plain or is_nothing(plain) or is_error(plain) or len(plain) > _LONGEST_PLACE or not re.search("[一-龥]", plain):
        return None
    return plain


def _village_spellings(villages: list[tuple[str, tuple[str, ...]]]) -> dict[str, str]:
    """Spelling -> village. A village's own name stands for it whatever another could be called."""
    spelled = {name: name for name, _ in villages}
    for name, others in villages:
        for other in others:
            spelled.setdefault(other, name)
    for name, _ in villages:
        stem = _VILLAGE_KIND.sub("", name)
        for word in _VILLAGE_WORDS:
            spelled.setdefault(stem + word, name)
        if len(stem) >= 2:
            spelled.setdefault(stem, name)
    return spelled


def _optional(name: str) -> str:
    """Of a regular expression: a province, prefecture or county, whole, by its short name, or not at all."""
    stem, short = place_stem(name), short_county_name(name)
    kind = name.removeprefix(stem)
    kinds = {kind, short.removeprefix(stem), *(_CITY_KINDS if kind == "市" else ())} - {""}
    if not kinds:
        return f"(?:{re.escape(name)})?"
    longest_first = "|".join(re.escape(kind) for kind in sorted(kinds, key=lambda kind: (-len(kind), kind)))
    return f"(?:{re.escape(stem)}(?:{longest_first})?)?"


def _length_of_township(text: str) -> int:
    """How many characters a township's name at the beginning takes, its ending included; 0 where there is none."""
    found = re.match(r"^[^村社]{2,4}?[镇乡]", text)
    return found.end() if found else 0


def _nearest(typed: str, names: list[str]) -> str | None:
    """The one name of ``names`` that sounds or looks like the typed one."""
    if not names:
        return None

    from matching.levels.name_levels import NAME_LEVELS, compare_names  # loads numpy

    levels = compare_names([typed] * len(names), names)
    near = [name for name, level in zip(names, levels, strict=True) if NAME_LEVELS[level] in _TYPING_ERRORS]
    return near[0] if len(near) == 1 else None
