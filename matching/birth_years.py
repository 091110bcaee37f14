"""How often a record has a counterpart in another source, by its year of birth. A school's list has children of some ages alone: a
child of four who resembles a pupil is the pupil's brother, and not the pupil."""

import numpy as np
import numpy.typing as npt

from matching.arrays import Ints, Reals
from matching.records import People, Positions

OddsOfYears = dict[str, dict[str, dict[int, float]]]  # source -> other source -> year of birth -> factor on the odds
# Prior belief that a year is as the source in general, in records with a counterpart and in records without: a handful of records
# with a mistyped year say little.
_STRENGTH = 10
_TELLS = 0.5  # the greatest factor that counts: smaller differences between years are those of chance, and of one generation and the next


def odds_of_birth_years(people: People, settled: npt.NDArray[np.uint64]) -> OddsOfYears:
    """Returns by how much the odds of having a counterpart in the other source are smaller for a record born in that year than for any
    record of its source; years whose odds are not less than half of the source's are left out. Counted on the records that are settled
    there, beyond doubt. A better year does not make a pair likelier: who of its children is not settled is missing more often than
    not, and to be taken for another would hide it. ``settled``: as in ``Candidates``."""
    year = people.keys["birth_year"].fill_null(-1).to_numpy().astype(np.int64)
    out: OddsOfYears = {}
    for i, source in enumerate(people.sources):
        own = (people.source == i) & (year >= 0)
        years, at = np.unique(year[own], return_inverse=True)
        records = np.bincount(at, minlength=len(years)).astype(float)
        for j, other in enumerate(people.sources):
            found = np.bincount(at, settled[own] >> np.uint64(j) & np.uint64(1), minlength=len(years))
            if i != j and 0 < found.sum() < records.sum():
                share = found.sum() / records.sum()
                with_counterpart = (found + _STRENGTH) / (records * share + _STRENGTH)
                without = (records - found + _STRENGTH) / (records * (1 - share) + _STRENGTH)
                factor = with_counterpart / without
                worse = {int(y): float(f) for y, f in zip(years, factor, strict=True) if f <= _TELLS}
                if worse:
                    out.setdefault(source, {})[other] = worse
    return out


def birth_year_bits(odds: OddsOfYears, people: People, left: Positions, right: Positions) -> Reals:
    """log2 of the factor on each pair's odds: the smaller one of its two records', at most 0."""
    year = people.keys["birth_year"].fill_null(-1).to_numpy()
    out = np.zeros(len(left))
    for own, other in ((left, right), (right, left)):
        pair = people.source[own] * len(people.sources) + people.source[other]
        for a, others in odds.items():
            for b, of_year in others.items():
                if a in people.sources and b in people.sources:
                    rows = np.flatnonzero(pair == people.sources.index(a) * len(people.sources) + people.sources.index(b))
                    bits = _bits_of(year[own[rows]], of_year)
                    out[rows] = np.minimum(out[rows], bits)
    return out


def _bits_of(years: Ints, of_year: dict[int, float]) -> Reals:
    known = np.array(sorted(of_year), dtype=np.int64)
    if not len(known):
        return np.zeros(len(years))
    place = np.minimum(np.searchsorted(known, years), len(known) - 1)
    bits = np.log2([of_year[int(year)] for year in known])
    return np.where(known[place] == years, bits[place], 0.0)
