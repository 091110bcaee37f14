"""Evidence from other records: does a source hold somebody of the same household whose name fits better?

If two records with different names are of two siblings, then each sibling should have a record of its own in the other's source.
Where neither has one, siblings are less likely; where one has, the link may hide a child.
"""

import numpy as np

from matching.arrays import FieldLevels, Flags, Reals
from matching.block import Candidates
from matching.levels.record_levels import RECORD_LEVEL
from matching.records import People
from matching.weigh import NAME_DISAGREES

# The most that a missing sibling may prove: where the names disagree and two complete sources hold nobody whose name fits better,
# the probability of siblings falls to one twentieth. 1 would trust the sources entirely.
_MOST_PROOF = 0.95
_SAME_KIN = ("several", "one_of_several", "same")
_SAME_NAME = ("exact", "variant", "former")
_BIRTH_NOT_DIFFERENT = ("missing", "exact", "implied")
_OTHER_VILLAGE = ("other_village", "different", "other_township")
_OTHER_ID = ("same_birth_part", "of_sibling", "different")


def sibling_absent(people: People, candidates: Candidates, codes: FieldLevels, within: Flags) -> Reals:
    """Returns per pair the log2 of how much less likely siblings are than the model says: negative where the names disagree and
    neither record has, in the other's source, a candidate of the same household whose name agrees; else 0. The more complete
    the two sources are, the more it proves, because both siblings would have to be missing in the other's source."""
    same_household = _at(codes, "kin", _SAME_KIN) | (codes["kin"] == 0) & ~_at(codes, "place", ("different", "other_township"))
    disagrees = np.isin(codes["name"], NAME_DISAGREES)
    fits = (codes["name"] > 0) & ~disagrees & same_household
    has_fitting = _has_candidate(people, candidates, fits)
    # A duplicate of a settled record was not compared with that record's counterpart, but fits it as well.
    for first, second in ((candidates.left, candidates.right), (candidates.right, candidates.left)):
        rows = np.flatnonzero(fits & within & (candidates.settled[second] > 0))
        for source in range(len(people.sources)):
            settled = rows[(candidates.settled[second[rows]] >> np.uint64(source) & np.uint64(1)) == 1]
            has_fitting[first[settled], source] = True
    missing = _share_missing(people, candidates, has_fitting)
    both_missing = (missing * missing.T)[people.source[candidates.left], people.source[candidates.right]]
    applies = disagrees & ~within & ~_either(people, candidates, has_fitting)
    return np.where(applies, np.log2(np.maximum(both_missing, 1 - _MOST_PROOF)), 0.0)


def _share_missing(people: People, candidates: Candidates, has_fitting: Flags) -> Reals:
    """[i, j]: the share of the records of source i that have neither a settled counterpart nor a fitting candidate in j."""
    k = max(len(people.sources), 1)
    settled = candidates.settled[:, None] >> np.arange(k, dtype=np.uint64) & np.uint64(1) == 1
    present = has_fitting | settled
    return np.array(
        [1 - present[people.source == i].mean(axis=0) if (people.source == i).any() else np.ones(k) for i in range(k)]
    )


def better_named(people: People, candidates: Candidates, codes: FieldLevels, within: Flags) -> Flags:
    """Returns per pair: does the name of one record belong to another member of the household in the other record's source, who
    has another ID and no record of its own in the first record's source? For a pair within one source: in any other source."""
    same_person = _at(codes, "id", ("exact",)) & _at(codes, "name", _SAME_NAME) & _at(codes, "birth", _BIRTH_NOT_DIFFERENT)
    has_own = _has_candidate(people, candidates, ~within & same_person)
    # One guardian's name in common makes no household unless the village agrees: half a county shares a few names.
    household = _at(codes, "kin", ("several",)) | (_at(codes, "kin", _SAME_KIN) & ~_at(codes, "place", _OTHER_VILLAGE))
    member = np.flatnonzero(~within & _at(codes, "name", _SAME_NAME) & _at(codes, "id", _OTHER_ID) & household)
    has_member = np.zeros_like(has_own)
    left, right = candidates.left[member], candidates.right[member]
    for first, second in ((left, right), (right, left)):
        without_own = ~has_own[second, people.source[first]]
        has_member[first[without_own], people.source[second[without_own]]] = True
    within_any = (has_member[candidates.left] | has_member[candidates.right]).any(axis=1)
    return np.where(within, within_any, _either(people, candidates, has_member))


def _has_candidate(people: People, candidates: Candidates, chosen: Flags) -> Flags:
    """Per record and source: does the record have a candidate of that source among the chosen pairs?"""
    out = np.zeros((len(people), max(len(people.sources), 1)), dtype=bool)
    left, right = candidates.left[chosen], candidates.right[chosen]
    for first, second in ((left, right), (right, left)):
        out[first, people.source[second]] = True
    return out


def _either(people: People, candidates: Candidates, has: Flags) -> Flags:
    """Per pair: does ``has`` hold for one of its records and the source of the other?"""
    return np.asarray(
        has[candidates.left, people.source[candidates.right]] | has[candidates.right, people.source[candidates.left]]
    )


def _at(codes: FieldLevels, field: str, levels: tuple[str, ...]) -> Flags:
    """Per pair: is it at one of these levels of the field?"""
    return np.isin(codes[field], [RECORD_LEVEL[field][level] for level in levels])
