"""How many true pairs did blocking miss? Estimated without known truth, from the number of ways in which each match was found.

Blocking rules that rest on the same evidence form one group, and each group is one occasion on which a true pair can be
found, as an animal can be caught in a capture-recapture study. From the matches found on exactly one occasion (f1) and on
exactly two (f2) follows how many were found on none: f1 (f1 - 1) / (2 (f2 + 1)), Chao's estimator (Chao 1987,
bias-corrected).
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from matching.block import BlockingRule, connection, keys_sql, usable
from matching.records import People

_OCCASIONS: dict[str, tuple[str, ...]] = {
    "id": ("id", "older_id", "id_tail", "id_head"),
    "name and birthdate": ("name_birth", "surname_birth", "word_birth", "word_birth_part", "year_name", "day_name", "pair_year"),
    "place and birthdate": ("village_birth", "township_birth", "address_birth", "address_word_birth"),
    "place and name": (
        "village_name",
        "village_given",
        "village_year",
        "township_name",
        "word_village",
        "word_township",
        "address_name",
        "word_address",
    ),
    "kin": ("kin_birth", "household", "kin_name"),
    "phone": ("phone_birth", "phone_name"),
    "name alone": ("name_alone", "latin_name"),
}
_SAMPLE = 50_000  # matches


@dataclass(frozen=True, slots=True)
class Recall:
    """``estimate``: estimated share of the true pairs that are candidates, None where the data do not allow an estimate.
    ``once``, ``twice``: matches found on exactly one occasion and on exactly two. ``missed``: estimated number of true pairs that
    were never compared."""

    estimate: float | None
    once: int
    twice: int
    missed: float


def estimate_recall(
    people: People, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], settled: npt.NDArray[np.bool_]
) -> Recall:
    """Estimate from the matches (positions ``left``, ``right`` in ``people``). A pair that is ``settled`` agrees in ID, name and
    birthdate, so it was found on two occasions at least. Only the others are looked at, at most 50,000 of them."""
    if not len(left):
        return Recall(None, 0, 0, 0.0)
    rows = np.flatnonzero(~settled)
    if not len(rows):
        return Recall(1.0, 0, 0, 0.0)
    step = max(1, -(-len(rows) // _SAMPLE))
    sample = rows[::step]
    with connection(people) as con:
        con.register("matches", pa.table({"i": np.arange(len(sample)), "l": left[sample], "r": right[sample]}))
        con.execute(
            "create table wanted as select * from people semi join (select l as n from matches union select r from matches) using (n)"
        )
        caught = np.zeros(len(sample), dtype=np.int64)
        for rules in _OCCASIONS.values():
            caught += _caught(con, [rule for rule in usable(people) if rule.name in rules], len(sample))
    if len(rows) == len(left) and not (caught > 1).any():  # with one kind of evidence alone there is nothing to compare it with
        return Recall(None, len(rows), 0, 0.0)
    once, twice = int((caught == 1).sum()) * step, int((caught == 2).sum()) * step
    missed = once * (once - 1) / (2 * (twice + 1)) if once else 0.0
    return Recall(len(left) / (len(left) + missed), once, twice, missed)


def _caught(con: duckdb.DuckDBPyConnection, rules: list[BlockingRule], size: int) -> npt.NDArray[np.int64]:
    """Per match of table ``matches``: 1 where some rule brings its two records together, else 0."""
    out = np.zeros(size, dtype=np.int64)
    for rule in rules:
        keys = keys_sql(rule, "wanted", "n")
        found = con.sql(
            f"""with keyed as ({keys}) select distinct i from matches
            join keyed a on a.n = l join keyed b on b.n = r where a.key = b.key"""
        ).to_arrow_table()
        out[found["i"].to_numpy()] = 1
    return out
