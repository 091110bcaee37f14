"""How many true pairs did blocking miss? Estimated without known truth.

Each likely pair that was found shows which parts of its two records agree. Damage to the name, to ID and birthdate, to the home and to the
kin is taken to be independent, given how carefully the records were typed (the assumption of ``matching.model``). So pairs are
made up, part by part, from what the likely pairs show, and the share of these that some blocking rule would find is the
estimate. A pair with much damage is found more rarely, and so is rarer among those found than it is: each is weighted with the
inverse of its chance (Horvitz and Thompson 1952), in a few rounds.
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.arrays import FieldLevels, Flags, Ints, Reals
from matching.block import LISTS, BlockingRule, Candidates, connection, keys_sql, usable
from matching.model import CARELESS, SAME, Model
from matching.records import People
from matching.weigh import joint_log_likelihood, match_probability

_DATED = "id and birth"  # without it the other parts are sought together, and a pair that lost one of them is never seen
# Parts of a record that are damaged independently of one another -> the columns of ``People.keys`` that tell of each. A birthdate is
# often read off the ID, and an address names the village.
PARTS = {
    "name": ("name", "sound", "second_sound", "former_sound", "given", "surname", "latin_name", "latin_pair", "words"),
    _DATED: ("id", "other_id", "id_tail", "id_head", "birth", "birth_year", "birth_day", "birth_month", "birth_year_day"),
    "home": ("village", "township", "address", "address_words"),
    "kin": ("kin", "phone"),
}
Atom = tuple[str, ...]  # columns of ``People.keys`` of which one must agree with one of the other record
_MISSING = "missing"  # begins an atom that holds where one record lacks the column
_SEEKERS = {"birth is null": "birth"}  # SQL conditions of blocking rules -> the column that one of the two records lacks
_SAMPLE = 20_000  # likely pairs that are looked at
_MADE_UP = 50_000  # pairs made up in each round
_ROUNDS = 4
_LEAST_PAIRS = 20  # with fewer likely pairs there is nothing to learn from
_WITHIN, _STANDARD_ERRORS = 0.02, 2.5  # an estimate is told only if it holds within so much, at so many standard errors
_MOST_LOST = 0.05  # where more is lost, what the estimate assumes decides, not what was seen (docs/matching.md, Measured)
_LEAST_CHANCE = 0.02  # a state that is found more rarely than this is too rare to count on
_SEED = 11643  # any: the same pairs are made up each time


@dataclass(frozen=True, slots=True)
class Recall:
    """``estimate``: estimated share of the true pairs that are candidates; None where it is ``withheld``: there are too few likely pairs
    ('few'), one kind of evidence alone ('one_kind'), or it may be wrong by more than 0.02 ('unsure'). ``rough``: the same share however
    unsure, for averages over records; None where there is none."""

    estimate: float | None
    withheld: str | None = None
    rough: float | None = None


@dataclass(frozen=True, slots=True)
class WeighedPairs:
    """Candidate pairs (positions ``left``, ``right`` in ``People``) with their comparison levels ``codes``, their ``weight`` in bits, and
    whether they are ``unrivalled`` (``matching.siblings``)."""

    left: Ints
    right: Ints
    codes: FieldLevels
    weight: Reals
    unrivalled: Flags


def estimate_recall(people: People, candidates: Candidates, pairs: WeighedPairs, model: Model) -> Recall:
    """Estimate from those of ``pairs`` that are likely: neither record has a likelier one in the other's source. At most 20,000 of them
    are looked at, each as much as it is likely."""
    rows = _mutually_best(people, pairs)
    rows = rows[:: max(1, -(-len(rows) // _SAMPLE))]
    likely = match_probability(pairs.weight[rows])
    if likely.sum() < _LEAST_PAIRS:
        return Recall(None, "few")
    left, right = pairs.left[rows], pairs.right[rows]
    codes = {name: code[rows] for name, code in pairs.codes.items()}
    _, total = joint_log_likelihood(model, people, left, right, codes, pairs.unrivalled[rows])
    rules = usable(people)
    agrees = {atom: _agrees(people, atom, left, right) for rule in rules for atom in _atoms(rule)}
    parts = {_part_of(atom) for atom, flags in agrees.items() if flags.any() and atom[0] != _MISSING}
    if len(parts) < 2:
        return Recall(None, "one_kind")
    with connection(people) as con:
        reach = [_reach(con, candidates, rule, agrees, left, right) for rule in rules]
    found = 0.0
    for those in (total[:, CARELESS] > total[:, SAME], total[:, CARELESS] <= total[:, SAME]):
        if those.any():
            of_those = {atom: flags[those] for atom, flags in agrees.items()}
            found += float(likely[those].sum() / likely.sum()) * _share_found(of_those, likely[those], rules, reach)
    if _DATED not in parts:
        return Recall(None, "unsure", min(found, 1.0))
    return told_recall(min(found, 1.0), float(likely.sum()))


def told_recall(found: float, pairs: float) -> Recall:
    """The share ``found`` with the reason to withhold it where it is unsure. Of so many ``pairs`` the share that blocking misses varies by chance, and so does
    what is learned of it. Much damage is seen too rarely in the pairs that were found, and makes the share too high."""
    error = (2 * found * (1 - found) / pairs) ** 0.5
    if 1 - found > _MOST_LOST or _STANDARD_ERRORS * error > _WITHIN:
        return Recall(None, "unsure", found)
    return Recall(found, None, found)


def _mutually_best(people: People, pairs: WeighedPairs) -> Ints:
    """The pairs that are the likeliest of both their records: between sources or, if there is only one, within it."""
    k = len(people.sources)
    rows = np.flatnonzero((people.source[pairs.left] != people.source[pairs.right]) | (k == 1))
    left, right, weight = pairs.left[rows], pairs.right[rows], pairs.weight[rows]
    best = np.full(len(people) * k, -np.inf)
    seats = [left * k + people.source[right], right * k + people.source[left]]
    for seat in seats:
        np.maximum.at(best, seat, weight)
    return rows[(weight == best[seats[0]]) & (weight == best[seats[1]])]


def _atoms(rule: BlockingRule) -> list[Atom]:
    """What must agree for the rule to find a pair: each column that is in all its keys, one of the others with any of them, and that a
    column is missing where the rule asks for it."""
    columns = [set(key) for key in rule.keys]
    always = set.intersection(*columns)
    others = set.union(*columns) - always
    atoms = [(column,) for column in sorted(always)] + ([tuple(sorted(others))] if others else [])
    return atoms + ([(_MISSING, _SEEKERS[rule.seeker])] if rule.seeker in _SEEKERS else [])


def _part_of(atom: Atom) -> str:
    return next(part for part, columns in PARTS.items() if atom[-1] in columns)


def _agrees(people: People, atom: Atom, left: Ints, right: Ints) -> Flags:
    """Per pair: does the atom hold?"""
    if atom[0] == _MISSING:
        missing = people.keys[atom[1]].is_null().to_numpy()
        return np.asarray(missing[left] | missing[right])
    out = np.zeros(len(left), dtype=bool)
    for a in atom:
        for b in atom:
            column_l, column_r = people.keys[a].take(pa.array(left)), people.keys[b].take(pa.array(right))
            if a in LISTS:
                lists = zip(column_l.to_pylist(), column_r.to_pylist(), strict=True)
                out |= np.array([bool(x and y and not {*x}.isdisjoint(y)) for x, y in lists], dtype=bool)
            else:
                out |= pc.fill_null(pc.equal(column_l.cast(pa.int64()), column_r.cast(pa.int64())), False).to_numpy()
    return out


def _reach(
    con: duckdb.DuckDBPyConnection, candidates: Candidates, rule: BlockingRule, agrees: dict[Atom, Flags], left: Ints, right: Ints
) -> float:
    """Of the pairs on which the rule's keys agree, the share in a block that was small enough to compare."""
    agreed = np.logical_and.reduce([agrees[atom] for atom in _atoms(rule)])
    if rule.name not in candidates.largest or not agreed.any():
        return 1.0
    con.register("agreed", pa.table({"i": np.arange(int(agreed.sum())), "l": left[agreed], "r": right[agreed]}))
    keys = keys_sql(rule, "people", "n")
    caught = con.sql(
        f"""with keyed as materialized (select distinct * from ({keys})),
        small as (select key from keyed group by key having count(*) <= {candidates.largest[rule.name]})
        select count(distinct i) from agreed join keyed a on a.n = l join keyed b on b.n = r and a.key = b.key semi join small on small.key = a.key"""
    ).fetchall()[0][0]
    return float(caught / agreed.sum())


def _share_found(agrees: dict[Atom, Flags], likely: Reals, rules: tuple[BlockingRule, ...], reach: list[float]) -> float:
    """The share of the pairs made up from these pairs, part by part, that some rule finds."""
    draw = np.random.default_rng(_SEED)
    parts = {part: [atom for atom in agrees if _part_of(atom) == part] for part in PARTS}
    states = {part: _state([agrees[atom] for atom in atoms], len(likely)) for part, atoms in parts.items()}
    chance = {part: np.ones(int(state.max()) + 1) for part, state in states.items()}
    found = np.ones(_MADE_UP)
    for _ in range(_ROUNDS):
        drawn = {}
        for part, state in states.items():
            share = likely / chance[part][state]
            drawn[part] = draw.choice(len(likely), _MADE_UP, p=share / share.sum())
        made = {atom: flags[drawn[_part_of(atom)]] for atom, flags in agrees.items()}
        lost = np.ones(_MADE_UP)
        for rule, share_reached in zip(rules, reach, strict=True):
            lost *= 1 - share_reached * np.logical_and.reduce([made[atom] for atom in _atoms(rule)])
        found = 1 - lost
        for part, state in states.items():
            of_state = state[drawn[part]]
            count = np.bincount(of_state, minlength=len(chance[part]))
            mean = np.bincount(of_state, found, minlength=len(chance[part])) / np.maximum(count, 1)
            chance[part] = np.where(count > 0, np.maximum(mean, _LEAST_CHANCE), 1.0)
    return float(found.mean())


def _state(agrees: list[Flags], size: int) -> Ints:
    """A number per pair that is the same where the same of ``agrees`` hold."""
    number = np.zeros(size, dtype=np.int64)
    for flags in agrees:
        number = number * 2 + flags
    return np.unique(number, return_inverse=True)[1]
