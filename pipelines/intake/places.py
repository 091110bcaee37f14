"""Places as exports write them -> the county's official townships and villages (schemas/divisions.csv)."""

import csv
import re
from functools import cache
from importlib.resources import files

from pipelines.intake.values import squeeze

COUNTY_CODE = "451228"
_COUNTY_NAME = "都安"
# Behind a name without its 镇, 乡 or 村, what makes of it the beginning of another name: 大兴街, 太阳新村.
_STREET = re.compile(r"[村社街路巷]|大道")
_OTHER_VILLAGE = re.compile(r".{0,2}[村街路巷]")
_TYPING_ERRORS = ("variant", "sound", "alike")
_PREFIX = re.compile(r"^(?:中国)?(?:广西(?:壮族自治区)?)?(?:河池[市地]?区?)?(?:都安(?:瑶族自治县|县)?)?")


@cache
def _divisions() -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Known spellings of townships -> official name; per township the spellings of its villages -> official name."""
    townships: dict[str, str] = {}
    villages: dict[str, dict[str, str]] = {}
    with (files("schemas") / "divisions.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            official, village = row["township"], row["village"]
            for spelling in (official, row["former_name"], row["township_code"], official[:-1] + "街道"):
                if spelling:
                    townships[spelling] = official
            stem = re.sub(r"(?:村|社区)$", "", village)
            spelled = villages.setdefault(official, {})
            for spelling in (
                village,
                stem + "村民委员会",
                stem + "村委会",
                stem + "村委",
                stem + "社区居委会",
                stem + "村",
                stem + "社区",
            ):
                spelled.setdefault(spelling, village)
            if len(stem) >= 2:
                spelled.setdefault(stem, village)
    for official in set(townships.values()):
        townships.setdefault(official[:-1], official)
    return townships, villages


def township_of(text: str) -> str | None:
    """The official township in a name, code or address; None where there is none."""
    return split_address(text)[0]


def split_address(text: str) -> tuple[str | None, str | None]:
    """(official township, official village) at the beginning of an address, either None where not recognised."""
    townships = _divisions()[0]
    plain = squeeze(text)
    rest = _PREFIX.sub("", plain)
    if code := re.match(r"^(451228\d{3})", plain):
        return townships.get(code[1]), None
    for length in (5, 4, 3, 2):
        if (official := townships.get(rest[:length])) and (length > 2 or not _STREET.match(rest[2:])):
            return official, village_of(rest[length:], official)
    if (length := _length_of_township(rest)) and (near := _mistyped(rest[:length], None)):
        return townships[near], village_of(rest[length:], townships[near])
    return None, None


def _length_of_township(text: str) -> int:
    """How many characters a township's name at the beginning takes, its ending included; 0 where there is none."""
    found = re.match(r"^[^村社]{2,4}?[镇乡]", text)
    return found.end() if found else 0


@cache
def _spellings(township: str | None) -> dict[tuple[int, str], list[str]]:
    """The spellings of the township's villages, or of the townships, by their length and last character, each list sorted."""
    townships, villages = _divisions()
    found: dict[tuple[int, str], list[str]] = {}
    for name in sorted(townships if township is None else villages[township]):
        found.setdefault((len(name), name[-1]), []).append(name)
    return found


@cache
def _mistyped(typed: str, township: str | None) -> str | None:
    """The one village of the township, or the one township, whose name sounds or looks like the typed one; None where none
    does or several do. Names that differ otherwise are other places."""
    names = _spellings(township).get((len(typed), typed[-1]), [])
    if not names:
        return None

    from matching.levels.name_levels import NAME_LEVELS, compare_names  # loads numpy

    levels = compare_names([typed] * len(names), names)
    near = [name for name, level in zip(names, levels, strict=True) if NAME_LEVELS[level] in _TYPING_ERRORS]
    return near[0] if len(near) == 1 else None


def village_of(text: str, township: str | None) -> str | None:
    """The township's official village that the text begins with; without a township, one of a name found only once."""
    _, villages = _divisions()
    plain = _PREFIX.sub("", squeeze(text))
    if township is None:
        found = {(t, v) for t, names in villages.items() if (v := names.get(plain))}
        return next(iter(found))[1] if len(found) == 1 else None
    names = villages[township]
    for length in range(min(len(plain), 9), 1, -1):
        if (village := names.get(plain[:length])) and (
            plain[:length][-1] in "村区会委" or not _OTHER_VILLAGE.match(plain[length:])
        ):
            return village
    near = _mistyped(plain, township) if len(plain) >= 3 else None
    return names[near] if near else None


def county_of(text: str) -> str | None:
    """Six-digit county code in a division code or name; 451228 for this county's name; None where it cannot be told."""
    plain = squeeze(text)
    if re.match(r"^\d{6}(\d{3}|\d{6})?$", plain):
        return plain[:6]
    if _COUNTY_NAME in plain:
        return COUNTY_CODE
    return None
