"""The true state of every child, which a run should find out."""

from datetime import date

import numpy as np
import pandas as pd

from schemas.calendar import school_year

# Shares of the children; the others are enrolled.
STATE_RATES = {
    "home_taught": 0.003,  # severely disabled, taught at home, with a student record
    "suspended": 0.002,
    "elsewhere": 0.03,  # at school in another county or province, no student record here
    "dropped_marked": 0.006,  # the student record says so
    "dropped_absent": 0.008,  # no student record says so
    "never_enrolled": 0.006,
    "disabled_exempt": 0.002,  # certificate of level 1 or 2, no student record
    "deceased": 0.0015,  # the registration is cancelled, some student records go on
    "moved_out": 0.003,
}
_VOCATIONAL_RATE, _NOT_PROMOTED_RATE, _EARLY_ENTRY_RATE = 0.03, 0.02, 0.25  # shares of those who are old enough
_POOR_FACTOR = 1.6  # how many times as often children of poor households are in these states
OUT_OF_SCHOOL = (
    "elsewhere",
    "vocational",
    "dropped_marked",
    "dropped_absent",
    "not_promoted",
    "never_enrolled",
    "disabled_exempt",
)
_DISABLED_RATE = 0.012
_TYPES = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")


def give_states(rng: np.random.Generator, kids: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Returns ``kids`` with grade (1 to 9, more for who has finished, less for who is not due), state, due, hukou_here (registered in
    this county), must_list (a run must list the child), level (1 to 4) and disability (0 and '' where there is none)."""
    year = school_year(as_of)
    entry = kids["birth"].dt.year + 6 + (kids["birth"].dt.month >= 9)
    early = (kids["birth"].dt.month.isin([9, 10, 11, 12])) & (rng.random(len(kids)) < _EARLY_ENTRY_RATE)
    due = entry <= year
    grade = year - (entry - early) + 1
    state = np.full(len(kids), "enrolled", dtype=object)
    factor = np.where(kids["poor"], _POOR_FACTOR, 1 - 0.19 * (_POOR_FACTOR - 1) / 0.81)
    draw = rng.random(len(kids)) / factor
    reached = 0.0
    for name, rate in STATE_RATES.items():
        state[(draw >= reached) & (draw < reached + rate)] = name
        reached += rate
    free = state == "enrolled"
    old = kids["birth"] <= pd.Timestamp(as_of) - pd.DateOffset(years=15)
    state[free & old & (grade >= 9) & (rng.random(len(kids)) < _VOCATIONAL_RATE)] = "vocational"
    state[free & (grade == 7) & (rng.random(len(kids)) < _NOT_PROMOTED_RATE)] = "not_promoted"
    # The worst trap for a matcher, made on purpose: of some twins only one is at school.
    twin_second = kids["twin"] & (kids["order"] > 0) & due
    state[twin_second & (rng.random(len(kids)) < 0.15)] = "never_enrolled"
    state[(grade > 9) & (state != "moved_out") & (state != "deceased")] = "graduated"
    state[(~due) & (state != "moved_out") & (state != "deceased")] = "not_due"
    out = kids.assign(grade=grade, state=state, due=due)
    out["hukou_here"] = ~out["state"].isin(["deceased", "moved_out"])
    out["must_list"] = out["in_cohort"] & out["hukou_here"] & out["due"] & out["state"].isin(OUT_OF_SCHOOL)
    disabled = (rng.random(len(out)) < _DISABLED_RATE) | out["state"].isin(["disabled_exempt", "home_taught"])
    severe = out["state"].isin(["disabled_exempt", "home_taught"])
    level = np.where(severe, rng.integers(1, 3, len(out)), rng.choice([1, 2, 3, 4], len(out), p=[0.1, 0.2, 0.35, 0.35]))
    out["level"] = np.where(disabled, level, 0)
    out["disability"] = np.where(disabled, rng.choice(list(_TYPES), len(out)), "")
    return out
