"""The library's door: a table of people from several sources in, links and clusters out."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from matching.batches import in_batches
from matching.blocking import Candidates, candidate_pairs
from matching.compare import FIELDS, LEVEL, compare
from matching.decide import Records, decide
from matching.learn import learn, patterns
from matching.model import GROUPS_OF_PAIRS, Model
from matching.people import PEOPLE, People, Positions, prepare
from matching.recall import Recall, estimate_recall
from matching.weigh import NAME_DISAGREES, field_bits, groups, joint, shares_of, weigh
from matching.words import evidence

__all__ = ["PEOPLE", "Linkage", "Model", "link"]

Codes = dict[str, npt.NDArray[np.uint8]]
Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
_RANDOM, _RANDOM_EACH = 200_000, 50  # random pairs, in all and per record, to see how strangers agree
_UNLIKELY = -12.0  # log2 odds below which a pair is neither decided on nor anybody's rival
_ID_ANCHORS = [
    LEVEL["id"][level]
    for level in ("exact", "other_exact", "one_digit", "swapped", "lost_digits", "near", "sequence_damaged", "same_birth_part")
]
_BIRTH_ANCHORS = [LEVEL["birth"][level] for level in ("exact", "lunar", "swapped", "first_of_year", "year_off", "one_digit")]
_CORROBORATES = {"kin": ("several", "one_of_several", "same"), "place": ("village",), "address": ("same", "close")}
# Repeats inside a register rarely bear the same ID: counting those finds too few.
_LEAST_WITHIN = 1e-3
# However few siblings the data seem to show: a list without any must not make twins of the one pair that are.
_LEAST_SIBLINGS = 0.02
# Before any data: how many records of one source have their counterpart in another, and in the same one; and how many
# records' worth of belief that is.
_RATE_BETWEEN, _RATE_WITHIN, _RATE_STRENGTH = 0.5, 0.01, 10
_SIBLINGS_EACH = 1.0
# How surely a sibling would show: where names disagree and the other source, complete as it is, holds nobody whose name
# fits better, the record is hardly a sibling's. 1 would trust the source wholly.
_SIBLING_SHOWS = 0.95


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
    Neither the order of the rows nor the number of threads has any influence on the result.
    """
    ready = prepare(people)
    found = candidate_pairs(ready, threads)
    codes = compare_all(ready, found.left, found.right, threads)
    within = ready.source[found.left] == ready.source[found.right]
    adjust = _sibling_absent(ready, found, codes, within)
    if model is None or not covers(model, ready.sources):
        learned = _learn(ready, found, codes, within, adjust)
        model = learned if model is None else replace(model, pairs=learned.pairs)
    model = model.rounded()
    weight = weigh(model, ready, found.left, found.right, codes, adjust, threads)
    kept = np.flatnonzero(weight >= _UNLIKELY)
    left, right, weight = found.left[kept].astype(np.int64), found.right[kept].astype(np.int64), weight[kept]
    kept_codes = {name: code[kept] for name, code in codes.items()}
    anchored = np.isin(kept_codes["id"], _ID_ANCHORS) | np.isin(kept_codes["birth"], _BIRTH_ANCHORS)
    anchored |= kept_codes["address"] == LEVEL["address"]["same"]
    barred = _two_numbers_alone(ready, left, right, kept_codes)
    years = ready.keys["birth_year"].fill_null(-1).to_numpy().astype(np.int64)
    records = Records(ready.source, ready.valid_number, years)
    decision = decide(records, left, right, np.exp2(np.clip(weight, -60, 60)), anchored, barred, cost_ratio)
    told = np.flatnonzero(decision.match | decision.possible)
    told_codes = {n: c[told] for n, c in kept_codes.items()}
    bits, _ = field_bits(*joint(model, ready, left[told], right[told], told_codes))
    coded, words = evidence(told_codes, bits, *(ready.compared.take(pa.array(side[told])) for side in (left, right)))
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


def compare_all(people: People, left: Positions, right: Positions, threads: int | None = None) -> Codes:
    """Level codes of pairs of positions."""
    out = {name: np.zeros(len(left), dtype=np.uint8) for name in FIELDS}

    def work(batch: slice) -> None:
        codes = compare(people.compared.take(pa.array(left[batch])), people.compared.take(pa.array(right[batch])))
        for name, code in codes.items():
            out[name][batch] = code

    in_batches(work, len(left), threads)
    return out


def _two_numbers_alone(people: People, left: Ints, right: Ints, codes: Codes) -> npt.NDArray[np.bool_]:
    """Two different valid IDs, and neither kin nor village nor address in common: names and birthdates alone, however
    rare, are never enough (formats.md 4)."""
    one, other = people.valid_number[left], people.valid_number[right]
    common = np.zeros(len(left), dtype=bool)
    for field, levels in _CORROBORATES.items():
        common |= np.isin(codes[field], [LEVEL[field][level] for level in levels])
    return (one >= 0) & (other >= 0) & (one != other) & (codes["id"] != LEVEL["id"]["other_exact"]) & ~common


def _settled(people: People, found: Candidates, left: Ints, right: Ints) -> npt.NDArray[np.bool_]:
    """Pairs that blocking found beyond doubt."""
    there = found.settled[left] >> people.source[right].astype(np.uint64) & np.uint64(1)
    same_id = people.keys["id"].fill_null(-1).to_numpy()
    return (there == 1) & (same_id[left] == same_id[right])


def covers(model: Model, sources: list[str]) -> bool:
    """Does the model know how many pairs of these sources are one person?"""
    return all(b in model.pairs.get(a, {}) for i, a in enumerate(sources) for b in sources[i:])


def _learn(people: People, found: Candidates, codes: Codes, within: npt.NDArray[np.bool_], adjust: Reals) -> Model:
    if not len(people):
        return Model()
    group = groups(people, found.left, found.right, codes)
    seen = patterns(codes, within, group, shares_of(people, found.left, found.right), adjust)
    k = max(len(people.sources), 1)
    has_id = people.keys["id_head"].is_valid().to_numpy() | people.keys["id"].is_valid().to_numpy()
    comparable = _comparable(people)
    smaller = np.minimum(comparable, comparable.T)
    lacking = 1 - np.bincount(people.source, has_id, minlength=k) / np.maximum(np.bincount(people.source, minlength=k), 1)
    without = 1 - np.outer(1 - lacking, 1 - lacking)
    most = np.stack([smaller * (1 - without), smaller * without], axis=-1)
    sure = (codes["id"] == LEVEL["id"]["exact"]) & (codes["name"] == LEVEL["name"]["exact"])
    sure_pairs = np.bincount(group[sure], minlength=k * k * 2).reshape(k, k, 2)[..., 0]
    inside = np.eye(k, dtype=bool)
    before = np.where(inside, _RATE_WITHIN, _RATE_BETWEEN) * _RATE_STRENGTH
    rates = np.minimum((sure_pairs + before) / (smaller + _RATE_STRENGTH), 1.0)
    least = np.stack([np.where(inside, _LEAST_WITHIN, 0.0)[..., None] * most, _LEAST_SIBLINGS * most], axis=-1)
    # Only records that are not settled in the other source can meet a stranger or a sibling there.
    opened = [_not_settled(people, found, has_id, j) for j in range(k)]
    there = np.array([[opened[j][i] for j in range(k)] for i in range(k)])  # [i, j, with ID / all]: of i, open in j
    counted = there * there.transpose(1, 0, 2)
    counted[inside] /= 2
    strangers = np.stack([counted[..., 0], counted[..., 1] - counted[..., 0]], axis=-1)
    siblings = _SIBLINGS_EACH * np.minimum(np.minimum(there, there.transpose(1, 0, 2))[..., 1:], most + 1)
    starts = np.stack([rates[..., None] * most, siblings, strangers], axis=-1).reshape(-1, 3)
    model, numbers = learn(
        seen,
        _random_codes(people),
        np.maximum(starts, 1e-3),
        np.maximum(most.ravel(), 1e-3),
        least.reshape(-1, 2),
        len(people),
    )
    table = numbers.reshape(k, k, 2, 3)
    pairs = {
        a: {
            b: {name: _three(table[i, j, g]) for g, name in enumerate(GROUPS_OF_PAIRS)}
            for j, b in enumerate(people.sources)
            if j >= i
        }
        for i, a in enumerate(people.sources)
    }
    return replace(model, pairs=pairs)


def _not_settled(people: People, found: Candidates, has_id: npt.NDArray[np.bool_], source: int) -> Reals:
    """Per source how many records are not settled in ``source``: those with an ID, and all."""
    k = max(len(people.sources), 1)
    is_open = found.settled >> np.uint64(source) & np.uint64(1) == 0
    counts = [np.bincount(people.source[rows], minlength=k) for rows in (is_open & has_id, is_open)]
    return np.stack(counts, axis=-1).astype(float)


def _comparable(people: People) -> Reals:
    """Of each source, how many records are of the ages that another source holds: [i, j] of i in j's range of birth
    years (its middle 98 %). Grown-ups have no counterpart in a school, and no bearing on how complete it is."""
    years = people.keys["birth_year"].to_numpy().astype(float)
    groups = [years[people.source == i] for i in range(len(people.sources))]
    known = [group[~np.isnan(group)] for group in groups]
    ranges = [np.quantile(group, (0.01, 0.99)) if len(group) else (-np.inf, np.inf) for group in known]
    return np.array([[float(((g >= low) & (g <= high) | np.isnan(g)).sum()) for low, high in ranges] for g in groups]).reshape(
        len(groups), len(groups)
    )


def _random_codes(people: People) -> Codes:
    """Level codes of pairs of records drawn at random: strangers, all but a handful."""
    rng = np.random.default_rng(0)
    if len(people) < 2:
        return {name: np.zeros(0, dtype=np.uint8) for name in FIELDS}
    size = min(_RANDOM, len(people) * _RANDOM_EACH)
    left = rng.integers(0, len(people), size, dtype=np.int32)
    right = (left + rng.integers(1, len(people), size)) % len(people)
    return compare_all(people, left, right.astype(np.int32))


def _sibling_absent(people: People, found: Candidates, codes: Codes, within: npt.NDArray[np.bool_]) -> Reals:
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


def _three(numbers: Reals) -> tuple[float, float, float]:
    return float(numbers[0]), float(numbers[1]), float(numbers[2])
