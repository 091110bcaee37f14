"""The steps of matching as tables that an analyst can query, and back from tables: every pair under the ids of its two records, levels as
words, weights in bits. docs/matching.md describes the columns."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.arrays import Codes, Flags, Ints, Reals
from matching.bars import BARS
from matching.batches import in_batches
from matching.block import Candidates
from matching.decide import POSSIBLE, link_threshold
from matching.levels.record_levels import COMPARED_FIELDS
from matching.linkage_steps import Decisions, Levels, Weights
from matching.model import SIBLING, Model
from matching.records import PEOPLE, People
from matching.weigh import field_weights, joint_log_likelihood, match_probability

_BITS = "_bits"  # ends the names of columns of weights
# Why a pair that was compared was not linked. A bar that holds is named beside it, whatever the reason.
NOT_LINKED = ("unlikely", "rival", "unsure", "bar", "contradiction")


def records_table(people: People) -> pa.Table:
    """The records as they are compared: without the values that are not the person's own (``matching.placeholders``). All that later
    steps depend on is in it."""
    compared = {name: people.compared[name] for name in (*PEOPLE, "kin_numbers") if name in people.compared.schema.names}
    columns = {n: c.dictionary_decode() if pa.types.is_dictionary(c.type) else c for n, c in compared.items()}
    return pa.table(
        {"record_id": people.record_id, "source": pa.array(people.sources, pa.string()).take(pa.array(people.source)), **columns}
    )


def candidates_table(people: People, candidates: Candidates) -> pa.Table:
    """One row per candidate pair."""
    return _of_pairs(people, candidates, {})


def settled_table(people: People, candidates: Candidates) -> pa.Table:
    """One row per record and source in which it is settled."""
    rows, sources = [], []
    for number, source in enumerate(people.sources):
        settled = np.flatnonzero(candidates.settled >> np.uint64(number) & np.uint64(1))
        rows.append(people.record_id.take(pa.array(settled)))
        sources.append(pa.array(np.full(len(settled), source, dtype=object), pa.string()))
    ids = pa.chunked_array(rows, pa.string())
    return pa.table({"record_id": ids, "settled_in": pa.chunked_array(sources, pa.string())})


def candidates_of_tables(
    people: People, pairs: pa.Table, settled: pa.Table, left_out: dict[str, int], largest: dict[str, int]
) -> Candidates:
    """The candidate pairs that were kept as these tables; ``left_out``, ``largest``: as in ``Candidates``."""
    left, right, rows = (_places(people, column) for column in (pairs["record_id_l"], pairs["record_id_r"], settled["record_id"]))
    bits = np.zeros(len(people), dtype=np.uint64)
    source = pc.index_in(settled["settled_in"], value_set=pa.array(people.sources, pa.string())).to_numpy()
    np.bitwise_or.at(bits, rows, np.uint64(1) << source.astype(np.uint64))
    return Candidates(left.astype(np.int32), right.astype(np.int32), bits, left_out, largest)


def levels_table(people: People, candidates: Candidates, levels: Levels) -> pa.Table:
    """One row per candidate pair: the comparison level of each field as a word, and what the households say."""
    words = {name: _words(levels.codes[name], COMPARED_FIELDS[name]) for name in COMPARED_FIELDS}
    flags = {"unrivalled": pa.array(levels.unrivalled), "better_named": pa.array(levels.better_named)}
    return _of_pairs(people, candidates, {**words, **flags})


def levels_of_table(people: People, candidates: Candidates, table: pa.Table) -> Levels:
    """The levels that were kept as ``table``."""
    codes = {
        name: pc.index_in(_plain(table[name]), value_set=pa.array(words, pa.string())).to_numpy().astype(np.uint8)
        for name, words in COMPARED_FIELDS.items()
    }
    unrivalled, better_named = (table[name].to_numpy() for name in ("unrivalled", "better_named"))
    within = people.source[candidates.left] == people.source[candidates.right]
    return Levels(codes, within, unrivalled, better_named)


def weights_table(
    people: People, candidates: Candidates, levels: Levels, weights: Weights, threads: int | None = None
) -> pa.Table:
    """One row per candidate pair: its weight, what of it each field gives, in bits, and the class it is weighed against."""
    size = len(weights.weight)
    bits = {name: np.zeros(size, dtype=np.float32) for name in COMPARED_FIELDS}
    sibling = np.zeros(size, dtype=bool)

    def work(batch: slice) -> None:
        codes = {name: code[batch] for name, code in levels.codes.items()}
        left, right = candidates.left[batch], candidates.right[batch]
        of_fields, rival = field_weights(
            *joint_log_likelihood(weights.model, people, left, right, codes, levels.unrivalled[batch])
        )
        for name, of_field in of_fields.items():
            bits[name][batch] = of_field
        sibling[batch] = rival == SIBLING

    in_batches(work, size, threads)
    columns = {"weight": weights.weight, "rival": _words(sibling.astype(np.uint8), ("stranger", "sibling"))}
    columns["prior_bits"] = (weights.weight - sum(bits.values())).astype(np.float32)
    return _of_pairs(people, candidates, columns | {name + _BITS: of_field for name, of_field in bits.items()})


def weights_of_table(table: pa.Table, model: Model) -> Weights:
    """The weights that were kept as ``table``."""
    return Weights(table["weight"].to_numpy(), model)


def decisions_table(people: People, candidates: Candidates, weights: Weights, decided: Decisions, cost_ratio: float) -> pa.Table:
    """One row per candidate pair: what was decided, and why it was not linked."""
    alone = match_probability(weights.weight)
    probability, bar = alone.copy(), np.zeros(len(alone), dtype=np.uint8)
    match, possible = np.zeros(len(alone), dtype=bool), np.zeros(len(alone), dtype=bool)
    for of_all, of_decided in (
        (probability, decided.probability),
        (bar, decided.bar),
        (match, decided.match),
        (possible, decided.possible),
    ):
        of_all[decided.pairs] = of_decided
    reason = _reasons(alone, probability, bar > 0, possible, link_threshold(cost_ratio))
    return _of_pairs(
        people,
        candidates,
        {
            "decision": _words(np.where(match, 0, np.where(possible, 1, 2)), ("match", "possible", "no")),
            "reason": pc.if_else(pa.array(match), pa.scalar(None, pa.string()), _plain(_words(reason, NOT_LINKED))),
            "weight": weights.weight,
            "probability_alone": alone,
            "probability": probability,
            "bar": pa.array([None, *BARS], pa.string()).take(pa.array(bar)),
        },
    )


def clusters_table(people: People, decided: Decisions) -> pa.Table:
    """One row per record: the number that the records of one person share."""
    return pa.table({"record_id": people.record_id, "cluster": decided.cluster})


def _reasons(alone: Reals, probability: Reals, barred: Flags, possible: Flags, needed: float) -> Ints:
    """Per pair the place in ``NOT_LINKED`` of the reason why it was not linked, if it was not."""
    likely = probability >= needed
    chosen = np.select(
        [alone < POSSIBLE, ~possible, ~likely, barred],
        [NOT_LINKED.index(reason) for reason in ("unlikely", "rival", "unsure", "bar")],
        NOT_LINKED.index("contradiction"),
    )
    return np.asarray(chosen, dtype=np.int64)


def _of_pairs(people: People, candidates: Candidates, columns: dict[str, object]) -> pa.Table:
    ids = {
        f"record_id_{side}": people.record_id.take(pa.array(rows))
        for side, rows in (("l", candidates.left), ("r", candidates.right))
    }
    return pa.table({**ids, **columns})


def _words(codes: Ints | Codes, words: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), pa.array(words, pa.string()))


def _plain(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _places(people: People, record_ids: pa.ChunkedArray) -> Ints:
    return np.asarray(pc.index_in(record_ids, value_set=people.record_id).to_numpy(), dtype=np.int64)
