"""The library's door: a table of people from several sources in, links and clusters out."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from matching.arrays import FieldLevels, Ints
from matching.bars import PairsToBar, barred
from matching.batches import compare_all
from matching.block import Candidates, candidate_pairs
from matching.blocking_recall import Recall, estimate_recall
from matching.decide import Records, decide
from matching.describe import evidence
from matching.estimate import fit
from matching.levels.record_levels import RECORD_LEVEL
from matching.model import Model, covers
from matching.records import PEOPLE, People, encode_records
from matching.siblings import better_named, sibling_absent
from matching.weigh import field_bits, joint, weigh

__all__ = ["PEOPLE", "Linkage", "Model", "link"]

_UNLIKELY = -12.0  # log2 odds below which a pair is neither decided on nor anybody's rival
_ID_ANCHORS = ("exact", "other_exact", "one_digit", "swapped", "lost_digits", "near", "sequence_damaged", "same_birth_part")
_TWO_IF_CUT = [RECORD_LEVEL["id"][level] for level in ("sequence_damaged", "different")]  # of a cut ID, what is left contradicts
_BIRTH_IN_PART = ("lunar", "swapped", "first_of_year", "year_off", "one_digit")
_SAME_KIN = ("several", "one_of_several", "same")
_HOUSE = 10  # records at one address, of all lists


@dataclass(frozen=True, slots=True)
class Linkage:
    """``links``: record_id_l, record_id_r, weight, probability, decision, evidence, evidence_text, matches and possibles
    alone; ``clusters``: record_id, cluster; ``model``: what the pairs were weighed with; ``candidates``: how many pairs
    were compared; ``left_out``: per blocking rule how many records stood in blocks too large to compare; ``recall``: how
    many true pairs are among the candidates, as far as that can be known; ``people``: the records as encoded."""

    links: pd.DataFrame
    clusters: pd.DataFrame
    model: Model
    candidates: int
    left_out: dict[str, int]
    recall: Recall
    people: People


def link(
    people: pd.DataFrame | pa.Table, cost_ratio: float = 100.0, model: Model | None = None, threads: int | None = None
) -> Linkage:
    """Link the records of ``people`` (columns PEOPLE) within and between sources.

    ``cost_ratio``: what a wrong link costs, in wasted visits. ``model``: weigh with this one; None: learn from the data.
    Neither the order of the rows nor the number of threads has any influence on the result. Raises ValueError for a ratio
    that is not a positive number, and as ``encode_records`` does.
    """
    if not 0 < cost_ratio < np.inf:
        raise ValueError(f"cost_ratio: {cost_ratio}; a positive number is wanted")
    ready = encode_records(people, threads)
    found = candidate_pairs(ready, threads)
    codes = compare_all(ready, found.left, found.right, threads)
    within = ready.source[found.left] == ready.source[found.right]
    adjust = sibling_absent(ready, found, codes, within)
    if model is None or not covers(model, ready.sources):
        learned = fit(ready, found, codes, within, adjust)
        model = learned if model is None else replace(model, pairs=learned.pairs)
    model = model.rounded()
    weight = weigh(model, ready, found.left, found.right, codes, adjust, threads)
    kept = np.flatnonzero(weight >= _UNLIKELY)
    left, right, weight = found.left[kept].astype(np.int64), found.right[kept].astype(np.int64), weight[kept]
    kept_codes = {name: code[kept] for name, code in codes.items()}
    anchored = _anchored(ready, left, kept_codes)
    better = better_named(ready, found, codes, within)[kept]
    letters = ready.in_letters[left] | ready.in_letters[right]
    two_numbers, two_births = (_two(known, left, right) for known in (ready.valid_number, ready.number_birth))
    cut = ready.compared["id_number"].is_null().to_numpy(zero_copy_only=False)
    two_numbers |= np.isin(kept_codes["id"], _TWO_IF_CUT) & (cut[left] | cut[right])
    bar = barred(PairsToBar(kept_codes, two_numbers, two_births, within[kept], better, letters))
    years = ready.keys["birth_year"].fill_null(-1).to_numpy().astype(np.int64)
    records = Records(ready.source, ready.valid_number, years)
    decision = decide(records, left, right, np.exp2(np.clip(weight, -60, 60)), anchored, bar > 0, cost_ratio)
    told = np.flatnonzero(decision.match | decision.possible)
    told_codes = {n: c[told] for n, c in kept_codes.items()}
    bits, _ = field_bits(*joint(model, ready, left[told], right[told], told_codes))
    one, other = (ready.compared.take(pa.array(side[told])) for side in (left, right))
    coded, words = evidence(told_codes, bits, one, other, np.where(decision.match[told], 0, bar[told]))
    links = pa.table(
        {
            "record_id_l": ready.record_id.take(pa.array(left[told])),
            "record_id_r": ready.record_id.take(pa.array(right[told])),
            "weight": np.round(weight[told], 2),
            "probability": np.round(decision.probability[told], 6),
            "decision": pa.array(np.where(decision.match[told], "match", "possible").astype(object), pa.string()),
            "evidence": coded,
            "evidence_text": words,
        }
    )
    clusters = pa.table({"record_id": ready.record_id, "cluster": decision.cluster})
    matches = np.flatnonzero(decision.match)
    recall = estimate_recall(ready, left[matches], right[matches], _settled(ready, found, left[matches], right[matches]))
    return Linkage(links.to_pandas(), clusters.to_pandas(), model, len(found.left), found.left_out, recall, ready)


def _anchored(people: People, left: Ints, codes: FieldLevels) -> npt.NDArray[np.bool_]:
    """Pairs that agree in ID, birthdate or a house's address. A birthdate that agrees in part is an anchor only where the
    kin agree as well: cousins of one name are a year apart."""

    def are(field: str, levels: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        return np.isin(codes[field], [RECORD_LEVEL[field][level] for level in levels])

    # An address that many bear names no more than a village.
    address = people.keys["address"].fill_null(-1).to_numpy().astype(np.int64) + 1
    house = np.bincount(address)[address[left]] <= _HOUSE if len(left) else np.zeros(0, dtype=bool)
    part_of_birth = are("birth", _BIRTH_IN_PART) & are("kin", _SAME_KIN)
    return are("id", _ID_ANCHORS) | are("birth", ("exact",)) | part_of_birth | are("address", ("same",)) & house


def _two(known: Ints, left: Ints, right: Ints) -> npt.NDArray[np.bool_]:
    """Pairs with two values, both known."""
    one, other = known[left], known[right]
    return (one >= 0) & (other >= 0) & (one != other)


def _settled(people: People, found: Candidates, left: Ints, right: Ints) -> npt.NDArray[np.bool_]:
    """Pairs that blocking found beyond doubt."""
    there = found.settled[left] >> people.source[right].astype(np.uint64) & np.uint64(1)
    same_id = people.keys["id"].fill_null(-1).to_numpy()
    return (there == 1) & (same_id[left] == same_id[right])
