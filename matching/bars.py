"""What forbids a link, however likely: signs that two records may be of two children, which a person must look at.

Probabilities rest on how often things happen; twins and borrowed numbers are too rare to be learned from a county's data,
and they are what hides a child. Each bar costs a handful of true pairs in a hundred thousand
(``python -m benchmarks.linkage``), which stay possible.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.arrays import Flags
from matching.levels.record_levels import RECORD_LEVEL


@dataclass(frozen=True, slots=True)
class PairsToBar:
    """``codes``: level per field; ``two_numbers``: both sides have a valid ID, and not the same one, or what is left of a cut
    one contradicts the other side's; ``two_births``: the
    birthdates in their IDs, be these valid or not, are two; ``within``: both are of one source; ``better_named``: the name
    of one side is that of another of its household, under another ID; ``letters``: a name is in Latin letters."""

    codes: dict[str, npt.NDArray[np.uint8]]
    two_numbers: Flags
    two_births: Flags
    within: Flags
    better_named: Flags
    letters: Flags

    def are(self, field: str, *levels: str) -> Flags:
        """Pairs at one of these levels of the field."""
        return np.isin(self.codes[field], [RECORD_LEVEL[field][level] for level in levels])


_SAME_NAME = ("exact", "variant", "former")
_NEAR_NAME = (*_SAME_NAME, "lost", "sound", "alike", "mixed", "swapped", "surname_of_kin", "surname_changed")
_OTHER_NAME = ("dropped", "one_character", "part", "different")
# Twins' numbers share fourteen digits and differ in the sequence: only a number with no more than one slip tells them apart.
_TELLING_ID = ("exact", "other_exact", "one_digit", "swapped")
_SAME_KIN = ("several", "one_of_several", "same")


def _two_numbers(pairs: PairsToBar) -> Flags:
    """Two IDs, valid or cut: a second registration bears the same name, birthdate (not a default) and sex, and has the same parents
    or lives at the same address; a child typed with its sibling's ID, known by the household's record of that sibling, bears
    the same name, birthdate and sex. Names and birthdates alone, however rare, are never enough (docs/formats.md 4)."""
    household = pairs.are("kin", *_SAME_KIN) | pairs.are("address", "same") | pairs.are("id", "of_sibling")
    the_same = pairs.are("name", *_SAME_NAME) & pairs.are("birth", "exact", "implied") & ~pairs.are("sex", "different")
    one_child = the_same & household
    return pairs.two_numbers & ~pairs.are("id", "other_exact") & ~one_child


def _other_number(pairs: PairsToBar) -> Flags:
    """IDs that differ by more than slips, one of them invalid, and beside the name nothing speaks for one child: no kin or
    place to compare, or two birthdates in the IDs where those beside them are not the same."""
    nothing = pairs.are("kin", "missing") & pairs.are("place", "missing") & pairs.are("address", "missing")
    other_birth = pairs.two_births & ~pairs.are("birth", "exact")
    return pairs.are("id", "different_invalid") & (nothing | other_birth) & ~pairs.letters


def _name_alone(pairs: PairsToBar) -> Flags:
    """Neither ID nor birthdate nor kin nor address: names, villages and sexes alone are shared by namesakes, and how many
    there are nobody can learn from a list of names."""
    nothing = pairs.are("id", "missing") & pairs.are("birth", "missing") & ~pairs.are("kin", *_SAME_KIN)
    return nothing & ~pairs.are("address", "same", "close")


def _twins(pairs: PairsToBar) -> Flags:
    """Names that differ as siblings' do, and no ID to tell twins apart. In one list the two names stand side by side, and
    there even a like-sounding one may be the twin's. Siblings' names differ by one character of three; of a name in letters
    a slip or a lost word leaves more, and the weights decide."""
    near = pairs.are("name", *_SAME_NAME) | (pairs.are("name", *_NEAR_NAME) & ~pairs.within)
    return ~near & ~pairs.are("id", *_TELLING_ID) & ~pairs.letters


def _borrowed(pairs: PairsToBar) -> Flags:
    """A child typed with its sibling's number: one ID under two names, and they stand in one list, or the birthdates beside
    it differ or are not told, or the sexes differ, or the name is that of another of the household. Siblings are also called
    妮 and 丽: a name of like sound counts as another where nothing of the birthdates agrees or the household has the other
    name."""
    differs = pairs.are("name", *_OTHER_NAME)
    also_alike = ~pairs.are("name", *_SAME_NAME)
    two_children = (
        differs & (pairs.within | ~pairs.are("birth", "exact"))
        | pairs.are("name", "lost", *_OTHER_NAME) & pairs.are("sex", "different")
        | also_alike & (pairs.are("birth", "different") | pairs.better_named)
    )
    return pairs.are("id", *_TELLING_ID) & two_children & ~pairs.letters


def _namesakes(pairs: PairsToBar) -> Flags:
    """No ID to tell by, other parents, and birthdates that agree in part at most (cousins of one name, a year apart), or
    another township, or a name that is but like the other."""
    other_parents = pairs.are("kin", "none_of_several", "different")
    same_birth = pairs.are("birth", "exact", "implied") | pairs.are("birth", "missing") & pairs.are("id", "lost_digits")
    also_other = ~same_birth | pairs.are("place", "different", "other_township")
    return ~pairs.are("id", *_TELLING_ID) & other_parents & (also_other | ~pairs.are("name", *_SAME_NAME) & ~pairs.letters)


# Why a person must look -> which pairs. The first that holds is told.
BARS: dict[str, Callable[[PairsToBar], Flags]] = {
    "两个身份证号互不相同，须查是重户还是两人": _two_numbers,
    "两个身份证号相差太多，又没有别的可证明是同一人": _other_number,
    "除姓名、住址、性别外没有可比的，可能是同名的两人": _name_alone,
    "姓名不同又无完整证号可比，可能是双胞胎或兄弟姐妹": _twins,
    "无完整证号可比，监护人不同，出生日期、乡镇或姓名也不全同，可能是两人": _namesakes,
    "证号相同而姓名不同，可能误录了兄弟姐妹的证号": _borrowed,
}


def barred(pairs: PairsToBar) -> npt.NDArray[np.uint8]:
    """Per pair the number of its bar, counted from 1 in the order of BARS; 0: none."""
    out = np.zeros(len(pairs.within), dtype=np.uint8)
    for number, bar in reversed(list(enumerate(BARS.values(), start=1))):
        out[bar(pairs)] = number
    return out
