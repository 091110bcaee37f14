"""From a table of people to links and clusters: the steps of matching in their order."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from matching import COST_RATIO
from matching.arrays import Ints
from matching.block import candidate_pairs
from matching.blocking_recall import Recall, WeighedPairs, estimate_recall
from matching.bridges import without_bridges
from matching.describe import evidence
from matching.kept import kept_steps
from matching.linkage_steps import Decisions, Levels, Weights, comparison_levels, decisions, match_weights
from matching.model import Model
from matching.records import People, encode_records
from matching.weigh import field_weights, joint_log_likelihood


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
    ``taken_up``: the steps that were kept by an earlier call and not made anew (``matching.kept.STEPS``).
    """

    links: pd.DataFrame
    clusters: pd.DataFrame
    model: Model
    candidates: int
    left_out: dict[str, int]
    recall: Recall
    people: People
    taken_up: tuple[str, ...] = ()


def link(
    people: pd.DataFrame | pa.Table,
    cost_ratio: float = COST_RATIO,
    model: Model | None = None,
    threads: int | None = None,
    spill: Path | None = None,
    keep: Path | None = None,
    telling: Collection[str] = (),
) -> Linkage:
    """Link the records of ``people`` (columns ``PEOPLE``) within and between sources.

    ``cost_ratio``: how many wasted visits a wrong link costs; a pair is linked from probability cost_ratio / (cost_ratio + 1).
    ``model``: weigh with this model; where it does not know these sources, its numbers of pairs are learned. None: learn all
    of it from the data. ``threads``: None for one per processor. ``spill``: a private folder for what does not fit into memory; None for a temporary one.
    ``keep``: a folder where each step is kept as a table (``matching.kept``); steps that are there already, of the same records, program
    and settings, are taken up. ``telling``: sources that only tell of persons whom other sources have; none of their records joins two persons
    (``matching.bridges``).
    Raises ValueError if ``cost_ratio`` is not a positive number, KeyError or ValueError as ``encode_records`` does, and OSError where
    ``keep`` cannot be written to.
    """
    if not 0 < cost_ratio < np.inf:
        raise ValueError(f"cost_ratio: {cost_ratio}; a positive number is wanted")
    records = encode_records(people, threads, spill)
    kept = kept_steps(keep, records)
    candidates = kept.candidates(lambda: candidate_pairs(records, threads))
    levels = kept.levels(candidates, lambda: comparison_levels(records, candidates, threads))
    weights = kept.weights(candidates, levels, model, lambda: match_weights(records, candidates, levels, model, threads))
    decided = decisions(records, candidates, levels, weights, cost_ratio)
    if len(told := [number for number, source in enumerate(records.sources) if source in telling]):
        decided = without_bridges(decided, np.isin(records.source, told), cost_ratio)
    decided = kept.decisions(candidates, weights, cost_ratio, decided)
    weighed = WeighedPairs(
        decided.left, decided.right, decided.codes, weights.weight[decided.pairs], levels.unrivalled[decided.pairs]
    )
    with ThreadPoolExecutor(1) as pool:  # both are long, and neither needs the other
        recall = pool.submit(estimate_recall, records, candidates, weighed, weights.model)
        links = _links(records, levels, weights, decided)
    return Linkage(
        links.to_pandas(),
        pa.table({"record_id": records.record_id, "cluster": decided.cluster}).to_pandas(),
        weights.model,
        len(candidates.left),
        candidates.left_out,
        recall.result(),
        records,
        tuple(kept.taken_up),
    )


def _in_order(people: People, left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """The pairs with the record of the first source on the left, of one source the first by its record_id: what is said of two values
    says whose they are."""
    later = pc.greater(*(people.record_id.take(pa.array(side)) for side in (left, right))).to_numpy(zero_copy_only=False)
    turned = (people.source[left] > people.source[right]) | ((people.source[left] == people.source[right]) & later)
    return np.where(turned, right, left), np.where(turned, left, right)


def _links(people: People, levels: Levels, weights: Weights, decided: Decisions) -> pa.Table:
    """The linked and the possible pairs with their evidence, as ``Linkage.links``."""
    shown = np.flatnonzero(decided.match | decided.possible)
    pairs, match = decided.pairs[shown], decided.match[shown]
    left, right = _in_order(people, decided.left[shown], decided.right[shown])
    codes = {name: code[shown] for name, code in decided.codes.items()}
    bits, _ = field_weights(*joint_log_likelihood(weights.model, people, left, right, codes, levels.unrivalled[pairs]))
    values_l, values_r = (people.compared.take(pa.array(side)) for side in (left, right))
    coded, words = evidence(codes, bits, values_l, values_r, np.where(match, 0, decided.bar[shown]))
    return pa.table(
        {
            "record_id_l": people.record_id.take(pa.array(left)),
            "record_id_r": people.record_id.take(pa.array(right)),
            "weight": np.round(weights.weight[pairs], 2),
            "probability": np.round(decided.probability[shown], 6),
            "decision": pa.array(np.where(match, "match", "possible").astype(object), pa.string()),
            "evidence": coded,
            "evidence_text": words,
        }
    )
