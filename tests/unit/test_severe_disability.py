"""Severely disabled and not placed (重度残疾未安置): what an answer settles, and what only a register does. All persons are made up (虚构)."""

from importlib.resources import files

import duckdb
import pytest

from pipelines.reconcile.build_order import MACROS
from schemas.relations import read_relations
from schemas.whereabouts import WHEREABOUTS

RULE = read_relations(files("pipelines.reconcile") / "rules")["severe_disability_unplaced"]


@pytest.mark.parametrize(
    ("whereabouts", "found"),
    [
        ("severe_disability", True),
        ("dropped_out", True),
        ("exempted", True),  # an approval excuses the child and places it nowhere
        ("enrolled_elsewhere", False),  # an accepted answer names the school
        ("home_taught", False),
        ("enrolled", False),
        ("left_register", False),
        ("not_due", False),
    ],
)
def test_only_a_place_at_school_or_the_register_settles_it(whereabouts: str, found: bool) -> None:
    con = duckdb.connect()
    con.execute(MACROS)
    con.execute("create table persons as select 'P1' as person_id, $code as whereabouts", {"code": whereabouts})
    con.execute("create table whereabouts_codes (code varchar, name varchar, listed boolean)")
    con.executemany("insert into whereabouts_codes values (?, ?, ?)", [(w.code, w.name, w.listed) for w in WHEREABOUTS])
    con.execute(
        "create table valid_certificates as select 'P1' as person_id, 'r1' as record_id, '智力' as disability_type, '1' as disability_level"
    )
    lines = con.sql(RULE.statement).fetchall()
    assert bool(lines) is found
    assert not found or ("免学、缓学" in str(lines[0][-1])) is (whereabouts == "exempted")
