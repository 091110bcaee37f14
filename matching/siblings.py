"""Evidence from other records of a household: who else a record might be.

If two records are not of one person, each of the two should have a record of its own in the other's source. Where neither has
one, two people are less likely; how much less is learned from the data, as the numbers of such pairs (``matching.train``).
"""

import numpy as np
import numpy.typing as npt

from matching.arrays import FieldLevels, Flags, Ints
from matching.batches import compare_all
from matching.block import Candidates
from matching.blocking_keys import codes_of
from matching.levels.record_levels import RECORD_LEVEL
from matching.records import LARGEST_HOUSEHOLD, People
from matching.weigh import NAME_DISAGREES

_SAME_KIN = ("several", "one_of_several", "same")
_SAME_NAME = ("exact", "variant", "former")
_SAME_ID = ("exact", "other_exact", "one_digit", "swapped", "lost_digits", "masked_agrees")
_BIRTH_NOT_DIFFERENT = ("missing", "exact", "implied")
_OTHER_PLACE = ("different", "other_township")
_OTHER_VILLAGE = ("other_village", *_OTHER_PLACE)
_OTHER_ID = ("same_birth_part", "of_sibling", "different")
_MOST_PAIRS = 200_000  # of siblings to learn from


def unrivalled_pairs(people: People, candidates: Candidates, codes: FieldLevels, within: Flags) -> Flags:
    """Returns per pair of two sources: does neither record have another candidate in the other's source that fits it? A candidate
    fits whose name agrees, and whose ID or household does too."""
    left, right = candidates.left.astype(np.int64), candidates.right.astype(np.int64)
    agrees = (codes["name"] > 0) & ~np.isin(codes["name"], NAME_DISAGREES)
    same_household = _household(codes) & ~_at(codes, "birth", ("different",))
    # Where no kin is named, half a township would be the household: the birthdate must then be the same.
    no_kin = (codes["kin"] == 0) & _at(codes, "birth", ("exact",)) & ~_at(codes, "place", _OTHER_PLACE)
    same_household |= no_kin
    fits = agrees & (same_household | _at(codes, "id", _SAME_ID)) & ~within
    fitting = _count_candidates(people, left, right, fits)
    others_l = fitting[left, people.source[right]] - fits
    others_r = fitting[right, people.source[left]] - fits
    # A duplicate of a settled record was not compared with that record's counterpart, but fits it as well.
    duplicate = agrees & same_household & within
    has_counterpart = np.zeros_like(fitting, dtype=bool)
    for first, second in ((left, right), (right, left)):
        for source in range(len(people.sources)):
            rows = duplicate & (candidates.settled[second] >> np.uint64(source) & np.uint64(1) == 1)
            has_counterpart[first[rows], source] = True
    return np.asarray(~within & (others_l == 0) & (others_r == 0) & ~_either(people, candidates, has_counterpart))


def sure_siblings(
    people: People, candidates: Candidates, codes: FieldLevels, within: Flags, threads: int | None = None
) -> FieldLevels:
    """Returns the comparison levels of pairs of records that are certainly two people of one household: they are of one source and one
    home, and each has a counterpart of its own in one other source. In Chinese a home is a village and the names of the kin; in
    letters it is an address."""
    kin, village, address = (codes_of(people.compared[name]) for name in ("kin", "village", "address"))
    counterparts = _counterparts(people, candidates, codes, within)
    letters = people.in_letters
    rows = np.flatnonzero((counterparts > 0) & np.where(letters, address >= 0, (kin >= 0) & (village >= 0)))
    of_kin, of_village = np.where(letters, -1, kin)[rows], np.where(letters, address, village)[rows]
    home = (people.source[rows] * (of_kin.max(initial=0) + 2) + of_kin + 1) * (of_village.max(initial=0) + 1) + of_village
    _, home, size = np.unique(home, return_inverse=True, return_counts=True)
    order = np.argsort(home, kind="stable")
    order = order[size[home[order]] <= LARGEST_HOUSEHOLD]
    rows, home = rows[order], home[order]
    pairs = [np.zeros((2, 0), dtype=np.int64)]
    for apart in range(1, min(LARGEST_HOUSEHOLD, len(home))):
        first = np.flatnonzero(home[apart:] == home[:-apart])
        pairs.append(np.stack([rows[first], rows[first + apart]]))
    left, right = np.concatenate(pairs, axis=1)
    by_content = np.lexsort(
        (right, left)
    )  # the order of records: a cut then leaves a fair sample, whatever the order of the input
    left, right = left[by_content], right[by_content]
    settled_in_one = np.flatnonzero(counterparts[left] & counterparts[right])[:_MOST_PAIRS]
    return compare_all(people, left[settled_in_one], right[settled_in_one], threads)


def _counterparts(people: People, candidates: Candidates, codes: FieldLevels, within: Flags) -> npt.NDArray[np.uint64]:
    """Per record the sources, one bit each, in which it certainly has a counterpart: where it is settled and, in letters, where just one
    record has its name and birthdate."""
    out = candidates.settled.copy()
    twin = ~within & (codes["given"] == RECORD_LEVEL["given"]["same"]) & (codes["surname"] == RECORD_LEVEL["surname"]["same"])
    twin &= _at(codes, "birth", ("exact",))
    if twin.any():
        left, right = candidates.left.astype(np.int64), candidates.right.astype(np.int64)
        held = _count_candidates(people, left, right, twin)
        for first, second in ((left, right), (right, left)):
            rows = np.flatnonzero(twin & (held[first, people.source[second]] == 1))
            np.bitwise_or.at(out, first[rows], np.uint64(1) << people.source[second[rows]].astype(np.uint64))
    return out


def better_named(people: People, candidates: Candidates, codes: FieldLevels, within: Flags) -> Flags:
    """Returns per pair: does the name of one record belong to another member of the household in the other record's source, who
    has another ID and no record of its own in the first record's source? For a pair within one source: in any other source."""
    same_person = _at(codes, "id", ("exact",)) & _at(codes, "name", _SAME_NAME) & _at(codes, "birth", _BIRTH_NOT_DIFFERENT)
    own_left, own_right = candidates.left.astype(np.int64), candidates.right.astype(np.int64)
    has_own = _count_candidates(people, own_left, own_right, ~within & same_person) > 0
    member = np.flatnonzero(~within & _at(codes, "name", _SAME_NAME) & _at(codes, "id", _OTHER_ID) & _household(codes))
    has_member = np.zeros_like(has_own)
    left, right = candidates.left[member], candidates.right[member]
    for first, second in ((left, right), (right, left)):
        without_own = ~has_own[second, people.source[first]]
        has_member[first[without_own], people.source[second[without_own]]] = True
    within_any = (has_member[candidates.left] | has_member[candidates.right]).any(axis=1)
    return np.where(within, within_any, _either(people, candidates, has_member))


def _household(codes: FieldLevels) -> Flags:
    """Per pair: are both of one household? One guardian's name in common makes none unless the village agrees: half a county shares
    a few names."""
    return _at(codes, "kin", ("several",)) | (_at(codes, "kin", _SAME_KIN) & ~_at(codes, "place", _OTHER_VILLAGE))


def _count_candidates(people: People, left: Ints, right: Ints, chosen: Flags) -> Ints:
    """[record, source]: how many candidates of that source the record has among the chosen pairs (``left``, ``right``)."""
    k = max(len(people.sources), 1)
    seats = [(a * k + people.source[b])[chosen] for a, b in ((left, right), (right, left))]
    return np.bincount(np.concatenate(seats), minlength=len(people) * k).reshape(len(people), k)


def _either(people: People, candidates: Candidates, has: Flags) -> Flags:
    """Per pair: does ``has`` hold for one of its records and the source of the other?"""
    return np.asarray(
        has[candidates.left, people.source[candidates.right]] | has[candidates.right, people.source[candidates.left]]
    )


def _at(codes: FieldLevels, field: str, levels: tuple[str, ...]) -> Flags:
    """Per pair: is it at one of these levels of the field?"""
    return np.isin(codes[field], [RECORD_LEVEL[field][level] for level in levels])
