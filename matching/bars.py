"""Bars: rules that forbid a link, however likely, and leave the pair to a person.

A probability rests on how often things happen, and on fields that err independently. Where names and birthdates stand alone, or a
number is all that agrees, a county's data cannot show how often two people look like one, and that is what hides a child. What each
bar saves and costs is measured (``python -m benchmarks.bar_costs``, docs/matching.md); the pairs stay possible.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matching.arrays import Codes, FieldLevels, Flags
from matching.levels.record_levels import RECORD_LEVEL


@dataclass(frozen=True, slots=True)
class PairsToBar:
    """Candidate pairs as the bars look at them; every field but ``codes`` has one flag per pair.

    ``codes``: comparison level per field.
    ``two_numbers``: both have a valid ID and the two differ, or what is left of a damaged ID contradicts the other ID.
    ``next_numbers``: both IDs are valid, of one division and birthdate, and were given one after the other.
    ``two_births``: both IDs, valid or not, hold a birthdate, and the two differ.
    ``within``: both records are of one source.
    ``better_named``: the name of one record belongs to another member of the other's household, under another ID.
    ``letters``: at least one name is in Latin letters.
    """

    codes: FieldLevels
    two_numbers: Flags
    next_numbers: Flags
    two_births: Flags
    within: Flags
    better_named: Flags
    letters: Flags

    def at(self, field: str, *levels: str) -> Flags:
        """Per pair: is it at one of these levels of the field?"""
        return np.isin(self.codes[field], [RECORD_LEVEL[field][level] for level in levels])


_SAME_NAME = ("exact", "variant", "former")
_DIFFERENT_NAME = ("dropped", "one_character", "part", "different")
# IDs with at most one slip. Twins' IDs share fourteen digits and differ in the sequence: no looser agreement tells them apart.
_DISTINGUISHING_ID = ("exact", "other_exact", "one_digit", "swapped")
_OTHER_BIRTH = ("near", "different")
_SAME_KIN = ("several", "one_of_several", "same")
_OTHER_KIN = ("none_of_several", "different")
_OTHER_TOWNSHIP = ("different", "other_township")


def _two_numbers(pairs: PairsToBar) -> Flags:
    """Two IDs, and the records are not of one household, or differ in sex or wholly in birthdate. Names and birthdates alone, however
    rare, are never enough (docs/formats.md 4), nor is a name in one family: cousins have one name."""
    household = pairs.at("kin", *_SAME_KIN) | pairs.at("address", "same") | pairs.at("id", "of_sibling")
    births_differ = pairs.at("birth", *_OTHER_BIRTH) & ~pairs.at("id", "of_sibling")
    return pairs.two_numbers & ~pairs.at("id", "other_exact") & (~household | pairs.at("sex", "different") | births_differ)


def _next_numbers(pairs: PairsToBar) -> Flags:
    """Two IDs of one list that were given one after the other on one day: those of twins, one of whom was typed with the other's name. A
    person who is registered twice has two numbers as well, but they follow one another once in hundreds. Between two lists such a
    pair is more often a child typed with its twin's ID, and its own name says so."""
    return pairs.next_numbers & pairs.within


def _invalid_number_differs(pairs: PairsToBar) -> Flags:
    """IDs that differ by more than slips, at least one of them invalid, and only the name speaks for one child: there is no kin,
    place or address to compare, or the IDs hold two birthdates while the stated birthdates are not the same."""
    nothing_else = pairs.at("kin", "missing") & pairs.at("place", "missing") & pairs.at("address", "missing")
    births_differ = pairs.two_births & ~pairs.at("birth", "exact")
    return pairs.at("id", "different_invalid") & (nothing_else | births_differ) & ~pairs.letters


def _name_alone(pairs: PairsToBar) -> Flags:
    """No ID, no birthdate, and neither kin nor address agree. Namesakes share names, villages and sexes, and a list of names does
    not show how many namesakes there are."""
    nothing_else = pairs.at("id", "missing") & pairs.at("birth", "missing") & ~pairs.at("kin", *_SAME_KIN)
    return nothing_else & ~pairs.at("address", "same", "close") & ~pairs.letters


def _twins(pairs: PairsToBar) -> Flags:
    """No ID to tell twins apart, and no name in one record, or two names in one list: there twins may stand beside one another. Names in
    Latin letters are excepted: siblings' names differ by one character of three, while a slip in a name of ten letters leaves
    more than that, and the weights decide."""
    no_name = pairs.at("name", "missing")
    return ~pairs.at("id", *_DISTINGUISHING_ID) & (no_name | pairs.within & ~pairs.at("name", *_SAME_NAME)) & ~pairs.letters


def _number_of_sibling(pairs: PairsToBar) -> Flags:
    """A child typed with its sibling's ID: one ID under two names, and one more sign of two children. The signs: both stand in one list,
    and the names are clearly other ones or the birthdates differ; birthdates and sexes differ; there is no kin to compare, and no
    birthdate beside the IDs that is the same; or the name is that of another member of the household, who has no other record.
    """
    like, other = ~pairs.at("name", *_SAME_NAME), pairs.at("name", *_DIFFERENT_NAME)
    births_differ, no_kin = pairs.at("birth", *_OTHER_BIRTH), pairs.at("kin", "missing")
    two_children = pairs.within & other | births_differ & (pairs.within | pairs.at("sex", "different") | no_kin)
    two_children |= other & no_kin & ~pairs.at("birth", "exact") | pairs.better_named
    return pairs.at("id", *_DISTINGUISHING_ID) & like & two_children & ~pairs.letters


def _number_alone(pairs: PairsToBar) -> Flags:
    """One ID, and with it the birthdate and sex that it holds, under another name, with other kin, in another village: a number that
    slipped into another child's row. How often that happens a list does not show."""
    elsewhere = pairs.at("kin", *_OTHER_KIN) & pairs.at("place", "other_village", *_OTHER_TOWNSHIP)
    return pairs.at("id", *_DISTINGUISHING_ID) & pairs.at("name", "different") & elsewhere & ~pairs.letters


def _namesakes(pairs: PairsToBar) -> Flags:
    """Other parents, another township, and no ID that tells two children apart."""
    elsewhere = pairs.at("kin", *_OTHER_KIN) & pairs.at("place", *_OTHER_TOWNSHIP)
    return elsewhere & ~pairs.at("id", *_DISTINGUISHING_ID)


# The reason that is shown to a person -> the pairs it holds for. Of several the first is shown.
BARS: dict[str, Callable[[PairsToBar], Flags]] = {
    "两个身份证号互不相同，须查是重户还是两人": _two_numbers,
    "两个身份证号是同一天相连的号，多半是双胞胎，其中一人的姓名误录": _next_numbers,
    "两个身份证号相差太多，又没有别的可证明是同一人": _invalid_number_differs,
    "除姓名、住址、性别外没有可比的，可能是同名的两人": _name_alone,
    "姓名不同或缺失，又无完整证号可比，可能是双胞胎或兄弟姐妹": _twins,
    "无完整证号可比，监护人和乡镇都不同，可能是同名的两人": _namesakes,
    "证号相同而姓名不同，可能误录了兄弟姐妹的证号": _number_of_sibling,
    "只有证号相同，姓名、监护人、住址都不同，可能错录了别人的证号": _number_alone,
}


def barred(pairs: PairsToBar) -> Codes:
    """Returns per pair the number of its bar, counted from 1 in the order of ``BARS``; 0 where none holds."""
    out = np.zeros(len(pairs.within), dtype=np.uint8)
    for number, bar in reversed(list(enumerate(BARS.values(), start=1))):
        out[bar(pairs)] = number
    return out
