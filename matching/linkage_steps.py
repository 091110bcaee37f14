"""The steps of matching, each a plain function of what earlier steps returned:
records (``matching.records.encode_records``) → candidates (``matching.block.candidate_pairs``) → comparison levels → weights → decisions."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.arrays import Codes, FieldLevels, Flags, Ints, Reals
from matching.bars import PairsToBar, barred
from matching.batches import compare_all
from matching.block import Candidates
from matching.decide import Records, decide
from matching.estimate import fit
from matching.levels.record_levels import RECORD_LEVEL
from matching.model import Model, covers
from matching.records import People
from matching.siblings import better_named, unrivalled_pairs
from matching.weigh import weigh

_SEQUENCE = (14, 17)  # characters of an ID: the order in which those born in a division on one day were registered
_NEXT = 3  # odd numbers are boys', even ones girls', so the next of the same sex is two on
_LEAST_WEIGHT = -12.0  # bits; a lighter pair is not decided on and is nobody's rival
# Of a damaged ID only leading digits survive. At these levels they contradict the other side's number.
_CONTRADICTS_IF_DAMAGED = [RECORD_LEVEL["id"][level] for level in ("sequence_damaged", "different")]


@dataclass(frozen=True, slots=True)
class Levels:
    """Per candidate pair: ``codes``, its comparison level in each field; ``within``: both records are of one source; ``unrivalled``: no
    other record fits either of the two; ``better_named``: the name of one belongs to another member of the other's household
    (``matching.siblings``)."""

    codes: FieldLevels
    within: Flags
    unrivalled: Flags
    better_named: Flags


@dataclass(frozen=True, slots=True)
class Weights:
    """``weight``: per candidate pair the match weight in bits. ``model``: the model that the pairs were weighed with."""

    weight: Reals
    model: Model


@dataclass(frozen=True, slots=True)
class Decisions:
    """What was decided on the candidate pairs that are not too light for it. ``pairs``: their places among the candidates; ``left``,
    ``right``: positions in ``People``; ``codes``: their comparison levels. ``bar``: the number of the bar that forbids the link
    (``matching.bars``), 0 for none; ``probability`` (in competition with its rivals), ``match`` and ``possible`` as in
    ``matching.decide.PairDecision``. ``cluster``: per record the number of its cluster."""

    pairs: Ints
    left: Ints
    right: Ints
    codes: FieldLevels
    bar: Codes
    probability: Reals
    match: Flags
    possible: Flags
    cluster: Ints


def comparison_levels(people: People, candidates: Candidates, threads: int | None = None) -> Levels:
    """Compare the candidate pairs field by field, and look for rivals in the households. ``threads``: None for one per processor."""
    codes = compare_all(people, candidates.left, candidates.right, threads)
    within = people.source[candidates.left] == people.source[candidates.right]
    unrivalled = unrivalled_pairs(people, candidates, codes, within)
    return Levels(codes, within, unrivalled, better_named(people, candidates, codes, within))


def match_weights(
    people: People, candidates: Candidates, levels: Levels, model: Model | None, threads: int | None = None
) -> Weights:
    """Weigh the candidate pairs with ``model``; where it does not know these sources, its numbers of pairs are learned; None: learn
    all of it."""
    if model is None or not covers(model, people.sources):
        learned = fit(people, candidates, levels.codes, levels.within, levels.unrivalled, threads)
        model = learned if model is None else replace(model, pairs=learned.pairs)
    model = model.rounded()
    return Weights(weigh(model, people, candidates.left, candidates.right, levels.codes, levels.unrivalled, threads), model)


def decisions(people: People, candidates: Candidates, levels: Levels, weights: Weights, cost_ratio: float) -> Decisions:
    """Decide on the candidate pairs together. ``cost_ratio``: how many wasted visits a wrong link costs."""
    pairs = np.flatnonzero(weights.weight >= _LEAST_WEIGHT)
    left, right = candidates.left[pairs].astype(np.int64), candidates.right[pairs].astype(np.int64)
    codes = {name: code[pairs] for name, code in levels.codes.items()}
    bar = barred(_pairs_to_bar(people, left, right, codes, levels.within[pairs], levels.better_named[pairs]))
    birth_year = people.keys["birth_year"].fill_null(-1).to_numpy().astype(np.int64)
    records = Records(people.source, people.valid_number, birth_year)
    odds = np.exp2(np.clip(weights.weight[pairs], -60, 60))
    decided = decide(records, left, right, odds, bar > 0, cost_ratio)
    return Decisions(pairs, left, right, codes, bar, decided.probability, decided.match, decided.possible, decided.cluster)


def _pairs_to_bar(people: People, left: Ints, right: Ints, codes: FieldLevels, within: Flags, better: Flags) -> PairsToBar:
    """What the bars look at, for the pairs (``left``, ``right``)."""
    two_numbers = _both_known_and_different(people.valid_number, left, right)
    damaged = people.compared["id_number"].is_null().to_numpy(zero_copy_only=False)
    two_numbers |= np.isin(codes["id"], _CONTRADICTS_IF_DAMAGED) & (damaged[left] | damaged[right])
    next_numbers = _given_one_after_the_other(people, left, right, codes)
    two_births = _both_known_and_different(people.number_birth, left, right)
    return PairsToBar(
        codes, two_numbers, next_numbers, two_births, within, better, people.in_letters[left] | people.in_letters[right]
    )


def _given_one_after_the_other(people: People, left: Ints, right: Ints, codes: FieldLevels) -> Flags:
    """Per pair: are both IDs valid, the same but for the sequence, and is there at most one of the same sex between the two?"""
    out = (
        (codes["id"] == RECORD_LEVEL["id"]["same_birth_part"])
        & (people.valid_number[left] >= 0)
        & (people.valid_number[right] >= 0)
    )
    rows = np.flatnonzero(out)
    sequence_l, sequence_r = (
        pc.utf8_slice_codeunits(people.compared["id_number"].take(pa.array(side[rows])).dictionary_decode(), *_SEQUENCE)
        .cast(pa.int64())
        .to_numpy(zero_copy_only=False)
        for side in (left, right)
    )
    out[rows] = np.abs(sequence_l - sequence_r) <= _NEXT
    return np.asarray(out)


def _both_known_and_different(value: Ints, left: Ints, right: Ints) -> Flags:
    """Per pair: do both records have a value (not -1), and not the same?"""
    value_l, value_r = value[left], value[right]
    return (value_l >= 0) & (value_r >= 0) & (value_l != value_r)
