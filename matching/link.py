"""The library's door: a table of people from several sources in, links and clusters out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from matching.blocking import candidate_pairs
from matching.compare import compare
from matching.dates import BIRTH_LEVELS
from matching.decide import decide
from matching.ids import check_digit_fits
from matching.model import FIELDS, ID_LEVELS, KIN_LEVELS, NAME_LEVELS, PLACE_LEVELS, SIBLING_RATE, SIBLING_SHOWS, log_likelihoods
from matching.names import fold_name, sound_of
from matching.words import LEVEL_WORDS, evidence

# What a table of people must hold; anything but record_id and source may be missing (null) throughout.
# kin: names of guardians and parents, '|' between them. birth_implied: the birthdate was read off the ID.
PEOPLE = (
    "record_id",
    "source",
    "name",
    "former_name",
    "id_number",
    "id_known",
    "id_other",
    "birthdate",
    "birth_implied",
    "sex",
    "township",
    "village",
    "kin",
    "phone",
)
Levels = dict[str, npt.NDArray[np.uint8]]
Likelihoods = dict[str, npt.NDArray[np.float64]]
Ints = npt.NDArray[np.int64]
Positions = npt.NDArray[np.int32]
_NAME_DISAGREES = NAME_LEVELS.index("surname_changed")  # this level and those after it
_ID_ANCHORS = [
    ID_LEVELS.index(level) for level in ("exact", "other_exact", "one_digit", "known_digits", "near", "same_birth_part")
]
_BIRTH_ANCHORS = [BIRTH_LEVELS.index(level) for level in ("exact", "lunar", "near")]
_LEAST_WITHIN = 1e-3  # repeats inside a register rarely bear the same ID: counting those finds too few
# Before any data: how many records of one source have their counterpart in another, and in the same one; and how many
# records' worth of belief that is.
_RATE_BETWEEN, _RATE_WITHIN, _RATE_STRENGTH = 0.5, 0.01, 10


@dataclass(frozen=True, slots=True)
class Linkage:
    """``links``: record_id_l, record_id_r, weight, probability, decision, evidence, evidence_text, matches and
    possibles alone; ``clusters``: record_id, cluster; ``candidates``: how many pairs were compared; ``rates``: per pair
    of sources the share of records that have their counterpart, as the priors took it (part of the model)."""

    links: pd.DataFrame
    clusters: pd.DataFrame
    candidates: int
    rates: dict[str, dict[str, float]]


def link(people: pd.DataFrame, cost_ratio: float = 100.0) -> Linkage:
    """Link the records of ``people`` (columns PEOPLE) within and between sources.

    ``cost_ratio``: what a wrong link costs, in wasted visits. The order of the rows has no influence: records are put
    in the order of their content first.
    """
    people = _prepare(people)
    pairs = candidate_pairs(pa.Table.from_pandas(_blocking_columns(people), preserve_index=False))
    left, right = pairs["l"].to_numpy(), pairs["r"].to_numpy()
    codes = compare(people, left, right)
    source, names = pd.factorize(people["source"], sort=True)
    likelihoods = log_likelihoods(codes, _frequency(people["folded"])[left], _frequency(people["sound"])[left])
    rates = _match_rates(codes, source, _comparable(people, source), left, right)
    prior = _priors(rates, np.bincount(source), source[left], source[right])
    prior[:, 1] += _sibling_absent(codes, rates, source, left, right)
    weight = _weights(likelihoods, prior)
    anchored = np.isin(codes["id"], _ID_ANCHORS) | np.isin(codes["birth"], _BIRTH_ANCHORS)
    odds = np.exp2(np.clip(weight, -60, 60))
    decision = decide(source, left.astype(np.int64), right.astype(np.int64), odds, anchored, cost_ratio)
    kept = np.flatnonzero(decision.match | decision.possible)
    coded, words = evidence({f: c[kept] for f, c in codes.items()}, {f: v[kept] for f, v in likelihoods.items()})
    ids = people["record_id"].to_numpy(dtype=object)
    links = pd.DataFrame(
        {
            "record_id_l": ids[left[kept]],
            "record_id_r": ids[right[kept]],
            "weight": np.round(weight[kept], 2),
            "probability": np.round(decision.probability[kept], 6),
            "decision": np.where(decision.match[kept], "match", "possible"),
            "evidence": coded,
            "evidence_text": words,
        }
    )
    clusters = pd.DataFrame({"record_id": ids, "cluster": decision.cluster})
    return Linkage(
        links,
        clusters,
        len(left),
        {str(a): {str(b): float(rates[i, j]) for j, b in enumerate(names)} for i, a in enumerate(names)},
    )


def _prepare(people: pd.DataFrame) -> pd.DataFrame:
    """Ordered by content, with the derived columns ``folded``, ``sound``, ``former_sound``, ``id_valid``."""
    order = ["source", "id_number", "name", "birthdate", "township", "village", "kin", "phone", "record_id"]
    people = people.sort_values(order, kind="stable", na_position="last", ignore_index=True)
    for field, derived, function in (
        ("name", "folded", fold_name),
        ("name", "sound", sound_of),
        ("former_name", "former_sound", sound_of),
    ):
        code, distinct = pd.factorize(people[field])
        values = np.array([*(function(n) for n in distinct), None], dtype=object)
        people[derived] = pd.Series(values[code], dtype="str")
    whole = people["id_number"].notna()
    people["id_valid"] = False
    people.loc[whole, "id_valid"] = check_digit_fits(people["id_number"][whole])
    return people


def _blocking_columns(people: pd.DataFrame) -> pd.DataFrame:
    columns = ["name", "id_number", "id_other", "birthdate", "township", "village", "phone", "sound", "former_sound"]
    frame = people[columns].copy()
    frame["birthdate"] = people["birthdate"].dt.strftime("%Y%m%d")
    frame["kin"] = people["kin"].str.split("|")
    return frame


def _frequency(values: pd.Series) -> npt.NDArray[np.float64]:
    """Per record the share of all records that have its value."""
    count = values.groupby(values, dropna=False).transform("size").to_numpy(dtype=float)
    return np.maximum(count, 1) / max(len(values), 1)


def _comparable(people: pd.DataFrame, source: Ints) -> npt.NDArray[np.int64]:
    """Of each source, how many records are of the ages that another source holds: [i, j] of i in j's range of birth
    years (its middle 98 %). Grown-ups have no counterpart in a school, and no bearing on how complete it is."""
    years = people["birthdate"].dt.year.to_numpy(dtype=float)
    groups = [years[source == i] for i in range(int(source.max(initial=-1)) + 1)]
    known = [group[~np.isnan(group)] for group in groups]
    ranges = [np.quantile(group, (0.01, 0.99)) if len(group) else (-np.inf, np.inf) for group in known]
    return np.array([[((g >= low) & (g <= high) | np.isnan(g)).sum() for low, high in ranges] for g in groups], dtype=np.int64)


def _match_rates(
    codes: Levels, source: Ints, comparable: npt.NDArray[np.int64], left: Positions, right: Positions
) -> npt.NDArray[np.float64]:
    """How many records of one source have their counterpart in another, read off the pairs nobody doubts.

    Shape (sources, sources), upper triangle; the diagonal is the share of repeats inside a source.
    """
    k = len(comparable)
    sure = (codes["id"] == ID_LEVELS.index("exact")) & (codes["name"] == NAME_LEVELS.index("exact"))
    pair = np.minimum(source[left], source[right]) * k + np.maximum(source[left], source[right])
    sure_pairs = np.bincount(pair[sure], minlength=k * k).reshape(k, k)
    before = np.where(np.eye(k, dtype=bool), _RATE_WITHIN, _RATE_BETWEEN) * _RATE_STRENGTH
    rates = np.minimum((sure_pairs + before) / (np.minimum(comparable, comparable.T) + _RATE_STRENGTH), 1.0)
    return np.maximum(rates, np.eye(k) * _LEAST_WITHIN)


def _priors(rates: npt.NDArray[np.float64], sizes: Ints, left: Ints, right: Ints) -> npt.NDArray[np.float64]:
    """log2 of how many pairs of the sources ``left[i]``, ``right[i]`` are one person, siblings, strangers: (pairs, 3)."""
    person = np.log2(rates[np.minimum(left, right), np.maximum(left, right)])
    sibling = np.full(len(left), np.log2(SIBLING_RATE))
    return np.stack([person, sibling, np.log2(np.maximum(sizes[left], sizes[right]))], axis=1)


def _sibling_absent(
    codes: Levels, rates: npt.NDArray[np.float64], source: Ints, left: Positions, right: Positions
) -> npt.NDArray[np.float64]:
    """log2 of how much less likely the sibling alternative is, per pair: below 0 where the names disagree and neither
    record has a candidate of a fitting name and of the same household in the other's source."""
    k = int(source.max(initial=0)) + 1
    name = codes["name"]
    together = np.isin(codes["kin"], [KIN_LEVELS.index("several"), KIN_LEVELS.index("same")]) | (
        (codes["kin"] == KIN_LEVELS.index("missing")) & (codes["place"] != PLACE_LEVELS.index("different"))
    )
    fits = (name > 0) & (name < _NAME_DISAGREES) & together
    to_right, to_left = left.astype(np.int64) * k + source[right], right.astype(np.int64) * k + source[left]
    fitted = np.unique(np.concatenate([to_right[fits], to_left[fits]]))
    absent = (name >= _NAME_DISAGREES) & ~np.isin(to_right, fitted) & ~np.isin(to_left, fitted)
    sl, sr = source[left], source[right]
    shown = SIBLING_SHOWS * rates[np.minimum(sl, sr), np.maximum(sl, sr)] * (sl != sr)
    return np.where(absent, np.log2(1 - shown), 0.0)


def _weights(likelihoods: Likelihoods, prior: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """log2 of the odds that a pair is one person, rather than siblings or strangers, priors included."""
    total = np.sum([likelihoods[f] for f in FIELDS], axis=0) + prior
    return total[:, 0] - np.logaddexp2(total[:, 1], total[:, 2])


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a comparison: what was found, and its weight in bits."""

    words: str
    bits: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A pair taken apart. ``weight`` = the lines' bits + ``prior``, up to the second alternative's share; both are
    against ``rival``, the likelier alternative: siblings or strangers."""

    lines: list[Line]
    rival: str
    prior: float
    weight: float
    probability: float


def explain_pair(people: pd.DataFrame, record_id_l: str, record_id_r: str, rates: dict[str, dict[str, float]]) -> Comparison:
    """How any two records compare, candidates or not, with the weights ``link`` gave (``Linkage.rates``).

    Raises KeyError where a record is not among ``people``.
    """
    sizes = people["source"].value_counts().sort_index()
    names = people["name"].dropna().value_counts()
    pair = _prepare(people[people["record_id"].isin([record_id_l, record_id_r])])
    if len(pair) != 2:
        raise KeyError("record not among people")
    zero, one = np.zeros(1, dtype=np.int32), np.ones(1, dtype=np.int32)
    codes = compare(pair, zero, one)
    shares = [
        np.array([max(float(names[names.index.map(function) == pair[column].iloc[0]].sum()), 1.0) / len(people)])
        for function, column in ((fold_name, "folded"), (sound_of, "sound"))
    ]
    likelihoods = log_likelihoods(codes, *shares)
    matrix = np.array([[rates[a][b] for b in sizes.index] for a in sizes.index])
    number = sizes.index.get_indexer(pd.Index(pair["source"])).astype(np.int64)
    prior = _priors(matrix, sizes.to_numpy().astype(np.int64), number[:1], number[1:])
    weight = float(_weights(likelihoods, prior)[0])
    total = np.sum([likelihoods[f] for f in FIELDS], axis=0)[0] + prior[0]
    rival = 1 if total[1] > total[2] else 2
    lines = [
        Line(
            LEVEL_WORDS[field, FIELDS[field][int(codes[field][0])]],
            float(likelihoods[field][0, 0] - likelihoods[field][0, rival]),
        )
        for field in FIELDS
        if codes[field][0]
    ]
    return Comparison(
        lines,
        "兄弟姐妹" if rival == 1 else "陌生人",
        float(prior[0, 0] - prior[0, rival]),
        weight,
        float(1 / (1 + np.exp2(-np.clip(weight, -60, 60)))),
    )
