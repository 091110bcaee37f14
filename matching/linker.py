"""From a table of people to links and clusters: the steps of matching in their order."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from matching import COST_RATIO
from matching.arrays import FieldLevels, Flags, Ints
from matching.bars import PairsToBar, barred
from matching.batches import compare_all
from matching.block import candidate_pairs
from matching.blocking_recall import Recall, WeighedPairs, estimate_recall
from matching.decide import Records, decide
from matching.describe import evidence
from matching.estimate import fit
from matching.levels.record_levels import RECORD_LEVEL
from matching.model import Model, covers
from matching.records import People, encode_records
from matching.siblings import better_named, unrivalled_pairs
from matching.weigh import field_weights, joint_log_likelihood, weigh

_LEAST_WEIGHT = -12.0  # bits; a lighter pair is not decided on and is nobody's rival
# Of a damaged ID only leading digits survive. At these levels they contradict the other side's number.
_CONTRADICTS_IF_DAMAGED = [RECORD_LEVEL["id"][level] for level in ("sequence_damaged", "different")]


@dataclass(frozen=True, slots=True)
class Linkage:
    """What ``link`` returns.

    ``links``: record_id_l, record_id_r, weight (bits), probability, decision ('match' or 'possible'), evidence and
    evidence_text, as described for the package; pairs that are neither are left out.
    ``clusters``: record_id and cluster, a number that the records of one person share.
    ``model``: the model that the pairs were weighed with.
    ``candidates``: how many pairs were compared.
    ``left_out``: per blocking rule how many records stood in blocks too large to compare.
    ``recall``: estimated share of the true pairs that are among the candidates.
    ``people``: the records as encoded for matching, for ``absences`` and ``explain_pair``.
    """

    links: pd.DataFrame
    clusters: pd.DataFrame
    model: Model
    candidates: int
    left_out: dict[str, int]
    recall: Recall
    people: People


def link(
    people: pd.DataFrame | pa.Table,
    cost_ratio: float = COST_RATIO,
    model: Model | None = None,
    threads: int | None = None,
    spill: Path | None = None,
) -> Linkage:
    """Link the records of ``people`` (columns ``PEOPLE``) within and between sources.

    ``cost_ratio``: how many wasted visits a wrong link costs; a pair is linked from probability cost_ratio / (cost_ratio + 1).
    ``model``: weigh with this model; where it does not know these sources, its numbers of pairs are learned. None: learn all
    of it from the data. ``threads``: None for one per processor. ``spill``: a private folder for what does not fit into memory; None for a temporary one.
    Raises ValueError if ``cost_ratio`` is not a positive number, and KeyError or ValueError as ``encode_records`` does.
    """
    if not 0 < cost_ratio < np.inf:
        raise ValueError(f"cost_ratio: {cost_ratio}; a positive number is wanted")
    encoded = encode_records(people, threads, spill)
    candidates = candidate_pairs(encoded, threads)
    codes = compare_all(encoded, candidates.left, candidates.right, threads)
    within = encoded.source[candidates.left] == encoded.source[candidates.right]
    unrivalled = unrivalled_pairs(encoded, candidates, codes, within)
    if model is None or not covers(model, encoded.sources):
        learned = fit(encoded, candidates, codes, within, unrivalled)
        model = learned if model is None else replace(model, pairs=learned.pairs)
    model = model.rounded()
    weight = weigh(model, encoded, candidates.left, candidates.right, codes, unrivalled, threads)
    kept = np.flatnonzero(weight >= _LEAST_WEIGHT)
    left, right, weight = candidates.left[kept].astype(np.int64), candidates.right[kept].astype(np.int64), weight[kept]
    kept_codes = {name: code[kept] for name, code in codes.items()}
    better = better_named(encoded, candidates, codes, within)[kept]
    bar = barred(_pairs_to_bar(encoded, left, right, kept_codes, within[kept], better))
    birth_year = encoded.keys["birth_year"].fill_null(-1).to_numpy().astype(np.int64)
    records = Records(encoded.source, encoded.valid_number, birth_year)
    decision = decide(records, left, right, np.exp2(np.clip(weight, -60, 60)), bar > 0, cost_ratio)
    shown = np.flatnonzero(decision.match | decision.possible)
    shown_codes = {name: code[shown] for name, code in kept_codes.items()}
    bits, _ = field_weights(
        *joint_log_likelihood(model, encoded, left[shown], right[shown], shown_codes, unrivalled[kept][shown])
    )
    values_l, values_r = (encoded.compared.take(pa.array(side[shown])) for side in (left, right))
    coded, words = evidence(shown_codes, bits, values_l, values_r, np.where(decision.match[shown], 0, bar[shown]))
    links = pa.table(
        {
            "record_id_l": encoded.record_id.take(pa.array(left[shown])),
            "record_id_r": encoded.record_id.take(pa.array(right[shown])),
            "weight": np.round(weight[shown], 2),
            "probability": np.round(decision.probability[shown], 6),
            "decision": pa.array(np.where(decision.match[shown], "match", "possible").astype(object), pa.string()),
            "evidence": coded,
            "evidence_text": words,
        }
    )
    clusters = pa.table({"record_id": encoded.record_id, "cluster": decision.cluster})
    recall = estimate_recall(encoded, candidates, WeighedPairs(left, right, kept_codes, weight, unrivalled[kept]), model)
    return Linkage(links.to_pandas(), clusters.to_pandas(), model, len(candidates.left), candidates.left_out, recall, encoded)


def _pairs_to_bar(people: People, left: Ints, right: Ints, codes: FieldLevels, within: Flags, better: Flags) -> PairsToBar:
    """What the bars look at, for the pairs (``left``, ``right``)."""
    two_numbers = _both_known_and_different(people.valid_number, left, right)
    damaged = people.compared["id_number"].is_null().to_numpy(zero_copy_only=False)
    two_numbers |= np.isin(codes["id"], _CONTRADICTS_IF_DAMAGED) & (damaged[left] | damaged[right])
    two_births = _both_known_and_different(people.number_birth, left, right)
    return PairsToBar(codes, two_numbers, two_births, within, better, people.in_letters[left] | people.in_letters[right])


def _both_known_and_different(value: Ints, left: Ints, right: Ints) -> Flags:
    """Per pair: do both records have a value (not -1), and not the same?"""
    value_l, value_r = value[left], value[right]
    return (value_l >= 0) & (value_r >= 0) & (value_l != value_r)
