"""Siblings that would show: whether a register that lists the household holds anybody whose name fits better."""

import numpy as np
import numpy.typing as npt

from matching.arrays import FieldLevels, Flags
from matching.block import Candidates
from matching.levels.record_levels import RECORD_LEVEL
from matching.records import People
from matching.weigh import NAME_DISAGREES

# How surely a sibling would show at most: where names disagree and two complete sources hold nobody whose name fits
# better, the records are hardly siblings'. 1 would trust the sources wholly.
_SURELY_SHOWS = 0.95
_SAME_KIN = ("several", "one_of_several", "same")
_ONE_NAME = ("exact", "variant", "former")
_ONE_BIRTH = ("missing", "exact", "implied")
_ELSEWHERE = ("other_village", "different", "other_township")  # a guardian's name is no household: half a county shares a few
_OTHER_ID = ("same_birth_part", "of_sibling", "different")


def sibling_absent(people: People, found: Candidates, codes: FieldLevels, within: Flags) -> npt.NDArray[np.float64]:
    """log2 of how much less likely the sibling alternative is, per pair: below 0 where the names disagree and neither
    record has a candidate of a fitting name and of the same household in the other's source. How much, follows from how
    complete the two sources are: two siblings would each have to be missing in the other's."""
    near = _are(codes, "kin", _SAME_KIN) | (codes["kin"] == 0) & ~_are(codes, "place", ("different", "other_township"))
    disagrees = np.isin(codes["name"], NAME_DISAGREES)
    fits = (codes["name"] > 0) & ~disagrees & near
    fitted = _fitted(people, found, fits)
    # A repeat of a record whose counterpart is settled fits that counterpart.
    for one, other in ((found.left, found.right), (found.right, found.left)):
        rows = np.flatnonzero(fits & within & (found.settled[other] > 0))
        for source in range(len(people.sources)):
            there = rows[(found.settled[other[rows]] >> np.uint64(source) & np.uint64(1)) == 1]
            fitted[one[there], source] = True
    missing = _missing(people, found, fitted)
    both = (missing * missing.T)[people.source[found.left], people.source[found.right]]
    return np.where(disagrees & ~within & ~_either(people, found, fitted), np.log2(np.maximum(both, 1 - _SURELY_SHOWS)), 0.0)


def _missing(people: People, found: Candidates, fitted: Flags) -> npt.NDArray[np.float64]:
    """[i, j]: the share of i's records for which j holds neither their settled counterpart nor one that fits."""
    k = max(len(people.sources), 1)
    settled = found.settled[:, None] >> np.arange(k, dtype=np.uint64) & np.uint64(1) == 1
    there = fitted | settled
    return np.array([1 - there[people.source == i].mean(axis=0) if (people.source == i).any() else np.ones(k) for i in range(k)])


def better_named(people: People, found: Candidates, codes: FieldLevels, within: Flags) -> Flags:
    """Per pair: does the name of one of the two belong, in the other's source, to another of its household, under
    another ID, who has no record of its own in the one's? Of a pair of one list: in any other source?"""
    own = _are(codes, "id", ("exact",)) & _are(codes, "name", _ONE_NAME) & _are(codes, "birth", _ONE_BIRTH)
    has_own = _fitted(people, found, ~within & own)
    household = _are(codes, "kin", ("several",)) | (_are(codes, "kin", _SAME_KIN) & ~_are(codes, "place", _ELSEWHERE))
    another = np.flatnonzero(~within & _are(codes, "name", _ONE_NAME) & _are(codes, "id", _OTHER_ID) & household)
    fitted = np.zeros_like(has_own)
    for one, other in ((found.left[another], found.right[another]), (found.right[another], found.left[another])):
        free = ~has_own[other, people.source[one]]
        fitted[one[free], people.source[other[free]]] = True
    return np.where(within, (fitted[found.left] | fitted[found.right]).any(axis=1), _either(people, found, fitted))


def _fitted(people: People, found: Candidates, fits: Flags) -> Flags:
    """Per record and source: has it a candidate there among the pairs that fit?"""
    fitted = np.zeros((len(people), max(len(people.sources), 1)), dtype=bool)
    for one, other in ((found.left[fits], found.right[fits]), (found.right[fits], found.left[fits])):
        fitted[one, people.source[other]] = True
    return fitted


def _either(people: People, found: Candidates, fitted: Flags) -> Flags:
    """Per pair: is one of the two fitted in the other's source?"""
    return np.asarray(fitted[found.left, people.source[found.right]] | fitted[found.right, people.source[found.left]])


def _are(codes: FieldLevels, field: str, levels: tuple[str, ...]) -> Flags:
    return np.isin(codes[field], [RECORD_LEVEL[field][level] for level in levels])
