"""Absence as a result: for records without counterpart in a source, which records there come nearest, why each of these was
refused, and how likely it is that a counterpart exists and was not found."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from matching.arrays import FieldLevels, Flags, Ints, Reals
from matching.batches import compare_all
from matching.block import candidates_of
from matching.decide import POSSIBLE
from matching.describe import joined, worded
from matching.levels.record_levels import COMPARED_FIELDS
from matching.linker import Linkage
from matching.pair_evidence import match_probability
from matching.records import People
from matching.text_columns import text_array
from matching.weigh import field_weights, joint_log_likelihood, weigh

# Why a candidate was refused -> the same in Chinese.
REFUSAL_REASONS = {
    "taken": "已与更相符的记录认定为同一人",
    "unsure": "有一定可能，证据不足以认定，须人工确认",
    "name": "姓名不符",
    "id": "身份证号不符",
    "birth": "出生日期不符",
    "kin": "监护人不符",
    "place": "住址不符",
    "address": "地址不符",
    "sex": "性别不符",
    "rare": "相符之处太少，多半是巧合",
}
# The reason of fields that are part of another.
_REASON_OF = {"given": "name", "surname": "name", "middle": "name", "hamlet": "place"}
# A birth year of a short list has a child or two, of whom none or all have a counterpart: such a year says as much as so many records of
# the whole list.
_PEERS_STRENGTH = 20.0


@dataclass(frozen=True, slots=True)
class Absences:
    """What ``absences`` returns.

    ``nearest``: one row per record and candidate: record_id, source (where a counterpart was sought), rank (1 for the nearest),
    candidate_id, probability (of this pair by itself; a candidate that has a counterpart has a rival), refused (a key of
    ``REFUSAL_REASONS``), evidence_text (Chinese).
    ``missed``: one row per record: record_id, source, probability that a counterpart exists there and was not found.
    """

    nearest: pd.DataFrame
    missed: pd.DataFrame


def absences(linkage: Linkage, record_ids: pd.Series | Sequence[str], source: str, most: int = 3) -> Absences:
    """Look for those of ``record_ids`` that have no counterpart in ``source``; the others are left out of the result.

    ``most``: how many candidates to show for a record.
    Raises KeyError where the linkage has no such source or record.
    """
    people = linkage.people
    if source not in people.sources:
        raise KeyError(f"no source {source}")
    target = people.sources.index(source)
    cluster = _clusters(linkage)
    asked = pc.unique(text_array(pd.Series(record_ids, dtype="str")))
    wanted = pc.is_in(people.record_id, asked).to_numpy(zero_copy_only=False)
    unknown = len(asked) - int(wanted.sum())
    if unknown:
        raise KeyError(f"record_ids that are none of the linkage's: {unknown}")
    cluster_in_target = np.zeros(int(cluster.max(initial=-1)) + 1, dtype=bool)
    cluster_in_target[cluster[people.source == target]] = True
    lacking = wanted & (people.source != target) & ~cluster_in_target[cluster]
    found = candidates_of(people, lacking, target)
    seeker = np.where(lacking[found.left], found.left, found.right).astype(np.int64)
    candidate = np.where(lacking[found.left], found.right, found.left).astype(np.int64)
    codes = compare_all(people, seeker, candidate)
    taken = _taken(people, cluster, seeker, candidate)
    weight = weigh(linkage.model, people, seeker, candidate, codes, ~taken)
    order = np.lexsort((candidate, -weight, seeker))
    rank = _ranks(seeker[order])
    kept = order[rank <= most]
    nearest = _refusals(linkage, seeker, candidate, codes, weight, taken, kept)
    nearest = nearest.assign(rank=rank[rank <= most], source=source)
    rows = np.flatnonzero(lacking)
    odds = np.bincount(seeker[~taken], np.exp2(np.clip(weight[~taken], -60, 60)), minlength=len(people))[rows]
    missed = pd.DataFrame(
        {
            "record_id": people.record_id.take(pa.array(rows)).to_pandas(),
            "source": source,
            "probability": np.round(1 - (1 - _never_compared(linkage, cluster_in_target[cluster], rows)) / (1 + odds), 6),
        }
    )
    columns = ["record_id", "source", "rank", "candidate_id", "probability", "refused", "evidence_text"]
    return Absences(nearest[columns].reset_index(drop=True), missed)


def _clusters(linkage: Linkage) -> Ints:
    """The cluster of each record, in the order of ``linkage.people``."""
    return linkage.clusters["cluster"].to_numpy(dtype=np.int64)


def _taken(people: People, cluster: Ints, seeker: Ints, candidate: Ints) -> Flags:
    """Per pair: does the candidate already have a counterpart in the source of the record that seeks one?"""
    k = len(people.sources)
    held = np.zeros((int(cluster.max(initial=-1)) + 1) * k, dtype=bool)
    held[cluster * k + people.source] = True
    return np.asarray(held[cluster[candidate] * k + people.source[seeker]])


def _ranks(sorted_values: Ints) -> Ints:
    """1, 2, 3 … within each run of equal values."""
    start = np.flatnonzero(np.diff(sorted_values, prepend=-1))
    return np.arange(len(sorted_values)) - np.repeat(start, np.diff(np.append(start, len(sorted_values)))) + 1


def _refusals(
    linkage: Linkage, seeker: Ints, candidate: Ints, codes: FieldLevels, weight: Reals, taken: Flags, kept: Ints
) -> pd.DataFrame:
    """The pairs ``kept`` with record_id, candidate_id, probability, refused and evidence_text. A pair too unlikely to be asked
    about is refused for the field that weighs most against it."""
    people = linkage.people
    left, right = seeker[kept], candidate[kept]
    kept_codes = {name: code[kept] for name, code in codes.items()}
    bits, _ = field_weights(*joint_log_likelihood(linkage.model, people, left, right, kept_codes, ~taken[kept]))
    words = worded(kept_codes, *(people.compared.take(pa.array(side)) for side in (left, right)))
    likely = match_probability(weight[kept])
    matrix = np.stack([bits[name] for name in COMPARED_FIELDS], axis=1)
    against = (
        np.array([_REASON_OF.get(name, name) for name in COMPARED_FIELDS], dtype=object)[matrix.argmin(axis=1)]
        if len(kept)
        else np.array([], dtype=object)
    )
    refused = np.where(matrix.min(axis=1, initial=0) < 0, against, "rare")
    refused = np.where(likely >= POSSIBLE, np.where(taken[kept], "taken", "unsure"), refused)
    return pd.DataFrame(
        {
            "record_id": people.record_id.take(pa.array(left)).to_pandas(),
            "candidate_id": people.record_id.take(pa.array(right)).to_pandas(),
            "probability": np.round(likely, 6),
            "refused": pd.Series(refused, dtype="str"),
            "evidence_text": joined(words).to_pandas(),
        }
    )


def _never_compared(linkage: Linkage, has: Flags, rows: Ints) -> Reals:
    """Per record of ``rows``: the probability that a counterpart exists and blocking never brought it up. By Bayes, from the
    share of the records of the same source and birth year that have a counterpart (``has``, per record; of a year with few records
    near the share of the source), and from the share of true pairs that blocking misses."""
    people = linkage.people
    if linkage.recall.rough is None:  # the data do not allow an estimate
        return np.zeros(len(rows))
    lost = 1 - linkage.recall.rough
    year = people.keys["birth_year"].fill_null(0).to_numpy().astype(np.int64)
    peers = np.unique(people.source * 10_000 + year, return_inverse=True)[1]
    of_source = (np.bincount(people.source, has) + 1) / (np.bincount(people.source) + 2)
    of_peers = np.bincount(peers, has)[peers[rows]] + _PEERS_STRENGTH * of_source[people.source[rows]]
    rate = of_peers / (np.bincount(peers)[peers[rows]] + _PEERS_STRENGTH)
    return np.asarray(rate * lost / (1 - rate * (1 - lost)))
