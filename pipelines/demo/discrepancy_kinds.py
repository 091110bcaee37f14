"""Contradictions between registries that would hardly arise by chance: which kinds, how often, and among which children.

This module draws the children; ``pipelines.demo.contradictions`` changes the rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

Chosen = dict[str, set[int]]  # kind -> truth_ids of the children who get it


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One kind of contradiction. ``rule``: the rule of ``schemas.rules`` that must find it. ``who``: the children who can get it (a key
    of ``WHO``). ``rate``: the share of these that do, not counting those who have another one: a child gets one at most."""

    kind: str
    rule: str
    who: str
    rate: float


# With 30,000 children each kind has thirty to sixty cases. Rules that are not named here have cases from typing faults and from the
# children's states.
DISCREPANCIES = (
    #           kind                      rule                                who                rate
    # Few children can have these, so they are drawn first.
    Discrepancy("level_in_number", "disability_level_differs", "disabled_pupil", 0.06),
    Discrepancy("level_in_poverty", "disability_level_differs", "disabled_poor", 0.25),
    Discrepancy("type_at_school", "disability_level_differs", "disabled_pupil", 0.08),
    Discrepancy("certificate_lapsed", "certificate_invalid_in_use", "disabled_pupil", 0.10),
    Discrepancy("place_on_certificate", "township_differs", "disabled_pupil", 0.06),
    Discrepancy("gone_at_school", "deceased_with_student_record", "gone", 0.50),
    Discrepancy("two_systems", "two_active_schools", "fourteen", 0.015),
    Discrepancy("birth_and_number", "birthdate_contradicts_id", "register_alone", 0.05),
    Discrepancy("sex_and_number", "sex_contradicts_id", "register_alone", 0.05),
    Discrepancy("paid_outside", "aid_paid_not_enrolled", "out_of_school", 0.04),
    # Among registered-poor households.
    Discrepancy("other_household", "household_differs", "poor_sibling", 0.015),
    Discrepancy("place_of_household", "township_differs", "poor", 0.01),
    Discrepancy("number_shared_poor", "id_shared", "poor", 0.004),
    Discrepancy("claimed_not_in_school", "not_in_school_claim_contradicted", "poor_pupil", 0.01),
    Discrepancy("poor_unmarked", "poverty_flag_differs", "poor_pupil", 0.01),
    Discrepancy("paid_again", "aid_paid_twice", "poor_pupil", 0.006),
    Discrepancy("poor_refused", "aid_systems_differ", "poor_pupil", 0.01),
    # Among all, or among those who are not poor, of whom every ninth is paid aid.
    Discrepancy("not_due", "aid_paid_not_due", "plain_pupil", 0.025),
    Discrepancy("poor_in_one", "aid_systems_differ", "plain_pupil", 0.015),
    Discrepancy("second_record", "double_student_status", "pupil", 0.0015),
    Discrepancy("second_register", "double_household_registration", "registered", 0.0015),
    Discrepancy("number_shared", "id_shared", "pupil", 0.0015),
    Discrepancy("grade", "grade_impossible", "pupil", 0.002),
    Discrepancy("marked_disabled", "disability_without_certificate", "plain_pupil", 0.0015),
)
_NOT_ENROLLED_HERE = ["elsewhere", "dropped_marked", "dropped_absent", "never_enrolled"]


def _pupil(kids: pd.DataFrame) -> pd.Series:
    return (kids["state"] == "enrolled") & kids["due"] & kids["grade"].between(1, 9)


def _siblings(kids: pd.DataFrame) -> pd.Series:
    return kids.groupby("household")["household"].transform("size") > 1


WHO: dict[str, Callable[[pd.DataFrame, date], pd.Series]] = {
    "registered": lambda kids, _: kids["hukou_here"],
    "register_alone": lambda kids, _: (
        ~kids["poor"]
        & (kids["level"] == 0)
        & kids["state"].isin(["elsewhere", "dropped_absent", "never_enrolled", "vocational", "not_due"])
    ),
    "pupil": lambda kids, _: _pupil(kids),
    "plain_pupil": lambda kids, _: _pupil(kids) & ~kids["poor"] & (kids["level"] == 0),
    "poor": lambda kids, _: kids["poor"],
    "poor_pupil": lambda kids, _: _pupil(kids) & kids["poor"],
    "poor_sibling": lambda kids, _: kids["poor"] & kids["hukou_here"] & _siblings(kids),
    "disabled_pupil": lambda kids, _: _pupil(kids) & (kids["level"] > 0),
    "disabled_poor": lambda kids, _: _pupil(kids) & (kids["level"] > 0) & kids["poor"],
    "fourteen": lambda kids, as_of: _pupil(kids) & (kids["birth"] <= pd.Timestamp(as_of) - pd.DateOffset(years=14)),
    "gone": lambda kids, _: kids["state"].isin(["deceased", "moved_out"]) & kids["due"] & kids["grade"].between(1, 9),
    "out_of_school": lambda kids, _: kids["due"] & kids["state"].isin([*_NOT_ENROLLED_HERE, "suspended", "graduated"]),
}


def choose(rng: np.random.Generator, kids: pd.DataFrame, as_of: date) -> Chosen:
    """Returns per kind the truth_ids of the children who get it. ``kids``: the children with their states
    (``pipelines.demo.true_states``)."""
    free = np.ones(len(kids), dtype=bool)
    chosen: Chosen = {}
    for each in DISCREPANCIES:
        drawn = WHO[each.who](kids, as_of).to_numpy() & free & (rng.random(len(kids)) < each.rate)
        chosen[each.kind] = set(kids.loc[drawn, "truth_id"])
        free &= ~drawn
    return chosen
