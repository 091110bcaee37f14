"""Siblings that would show: whether a register that lists the household holds anybody whose name fits better."""

import numpy as np
import numpy.typing as npt

from matching.blocking import Candidates
from matching.compare import LEVEL
from matching.people import People
from matching.weigh import NAME_DISAGREES

Codes = dict[str, npt.NDArray[np.uint8]]
# How surely a sibling would show: where names disagree and the other source, complete as it is, holds nobody whose name
# fits better, the record is hardly a sibling's. 1 would trust the source wholly.
_SIBLING_SHOWS = 0.95


def sibling_absent(people: People, found: Candidates, codes: Codes, within: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """log2 of how much less likely the sibling alternative is, per pair: below 0 where the names disagree and neither
    record has a candidate of a fitting name and of the same household in the other's source."""
    k = max(len(people.sources), 1)
    name, kin = codes["name"], codes["kin"]
    near = np.isin(kin, [LEVEL["kin"][level] for level in ("several", "one_of_several", "same")])
    near |= (kin == 0) & ~np.isin(codes["place"], [LEVEL["place"][level] for level in ("different", "other_township")])
    disagrees = np.isin(name, NAME_DISAGREES)
    fits = (name > 0) & ~disagrees & near
    fitted = np.zeros(len(people) * k, dtype=bool)
    for one, other in ((found.left, found.right), (found.right, found.left)):
        fitted[one[fits].astype(np.int64) * k + people.source[other[fits]]] = True
        # A repeat of a record whose counterpart is settled fits that counterpart.
        rows = np.flatnonzero(fits & within & (found.settled[other] > 0))
        for source in range(k):
            there = rows[(found.settled[other[rows]] >> np.uint64(source) & np.uint64(1)) == 1]
            fitted[one[there].astype(np.int64) * k + source] = True
    to_right = found.left.astype(np.int64) * k + people.source[found.right]
    to_left = found.right.astype(np.int64) * k + people.source[found.left]
    absent = disagrees & ~within & ~fitted[to_right] & ~fitted[to_left]
    return np.where(absent, np.log2(1 - _SIBLING_SHOWS), 0.0)
