"""The relations of reconciliation in the order in which they are made, checked when this module is imported.

A rule of ``schemas.rules`` is a file ``rules/CODE.sql``; all other relations are in ``relations``, ``composed`` and ``computed``.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from importlib.resources import files

import pyarrow as pa

from pipelines.intake.places import Places
from pipelines.reconcile import composed, computed
from schemas.calendar import last_report_day, report_week, school_year, semester_start
from schemas.codes import CERTIFICATE_STATE_NAME, REGISTER_STATE_NAME, SCHOOL_CLAIM_NAME, STUDENT_STATE_NAME
from schemas.decisions import DECISION_TABLE
from schemas.divisions import Divisions
from schemas.indicators import INDICATORS
from schemas.registry import Registry
from schemas.relations import Relation, RelationError, by_needs, computed_relation, read_relations
from schemas.rules import RULES
from schemas.settings import Settings
from schemas.whereabouts import WHEREABOUTS
from schemas.words import BASIS_NAME, CLOSED_REASON_NAME, UNKNOWN_TOWNSHIP, UNKNOWN_VILLAGE

# Roles in the order of precedence for a person's name, ID, birthdate and township: the household register is the legal record.
_AUTHORITY = ("household", "student", "poverty", "disability", "aid", "report")
_FINAL_YEAR = 8  # years after grade one comes grade nine

# The tables that ``result_tables`` registers: what one row is, for the diagram of the docs.
REGISTERED = {
    "records": "accepted row of an export (schemas.tables)",
    "files": "file and sheet (schemas.tables)",
    "identities": "record, with its person (schemas.tables)",
    "links": "linked or possible pair of records (schemas.tables)",
    "person_events": "merger or split of persons (schemas.tables)",
    "answers": "person with an accepted answer: person_id, whereabouts (null: it changes none), answer, school, answered_on, listed_as (a code of REASONS)",
    "handled": "case of a discrepancy with an answer: case_id, person_id, said (in words), answer, right_value, answered_on",
    "entrants": "year and township (null: the county): entrants of grade one",
    "earlier_case_log": "entry of the case log as last published (schemas.tables)",
    "earlier_standings": "night and township as last published (schemas.tables)",
    "county_townships": "township of the county's divisions",
    "school_places": "school whose name begins with a township of the county: school, township",
    "forgotten_cases": "case of a night that was dated wrong and forgotten: case_id",
    "registries": "registry: title, role, authority (1 counts first), stage",
    "decisions": "row of the decision table: rule, whereabouts, words, evidence",
    "whereabouts_codes": "whereabouts: code, name, listed",
    "rules": "rule: severity, values_are_cells",
    "basis_words": "basis of a finding: code, words",
    "closed_reason_words": "reason for which a case is closed: code, words",
    "indicator_codes": "indicator: code, of_children (its denominator is a condition), of_entrants (it is the entrants' table)",
    "student_state_names": "student state: code, name",
    "school_claim_names": "what the poverty system records of school: code, name",
    "certificate_state_names": "state of a certificate of disability: code, name",
    "register_state_names": "state of a household registration: code, name",
}


def check_rules(found: Collection[str], declared: Collection[str]) -> None:
    """Raises RelationError where a rule's file has no row in ``schemas.rules``, or a row no file: such a rule would find nothing
    without a message."""
    if without_row := sorted(set(found) - set(declared)):
        raise RelationError(f"pipelines/reconcile/rules: no row in schemas.rules for {', '.join(without_row)}")
    if without_file := sorted(set(declared) - set(found)):
        raise RelationError(f"schemas.rules: no file in pipelines/reconcile/rules for {', '.join(without_file)}")


def _in_order() -> tuple[Relation, ...]:
    here = files("pipelines.reconcile")
    rules = read_relations(here / "rules")
    check_rules(rules, [rule.code for rule in RULES])
    in_order_of_table = [rules[rule.code] for rule in RULES]
    others = [
        *read_relations(here / "relations").values(),
        *(computed_relation(function) for function in (computed.grades, computed.difference_kinds)),
        composed.decisions_that_hold(),
        composed.indicator_conditions_that_hold(),
        composed.found(in_order_of_table),
    ]
    return by_needs([*others, *in_order_of_table], REGISTERED)


def parameters(as_of: date, settings: Settings) -> dict[str, object]:
    """The values of the relations' parameters ($as_of and so on)."""
    year, cohort, weekday = school_year(as_of), settings.cohort, settings.weekday
    return {
        "as_of": as_of, "county": settings.county.code, "cohort_start": cohort.first_birthday, "cohort_end": cohort.last_birthday,
        "school_year": year, "entered": year - _FINAL_YEAR, "semester": semester_start(as_of),
        "last_report": last_report_day(as_of, weekday), "week": report_week(as_of, weekday),
        "unknown_township": UNKNOWN_TOWNSHIP, "unknown_village": UNKNOWN_VILLAGE,
    }  # fmt: skip


def place_tables(schools: Iterable[str], divisions: Divisions) -> dict[str, pa.Table]:
    """The registered tables of places: the county's townships, and those in which ``schools`` are by their names."""
    places = Places(divisions)
    placed = [(school, township) for school in sorted(set(schools)) if (township := places.township_of(school))]
    return {
        "county_townships": _rows({"township": pa.string()}, [(name,) for name in divisions.township_names]),
        "school_places": _rows(dict.fromkeys(("school", "township"), pa.string()), placed),
    }


def code_tables(registries: Mapping[str, Registry]) -> dict[str, pa.Table]:
    """The registered tables that are declared in ``schemas`` and the county's settings."""
    names = {
        "student_state_names": STUDENT_STATE_NAME,
        "school_claim_names": SCHOOL_CLAIM_NAME,
        "certificate_state_names": CERTIFICATE_STATE_NAME,
        "register_state_names": REGISTER_STATE_NAME,
    }
    words = {"basis_words": BASIS_NAME, "closed_reason_words": CLOSED_REASON_NAME}
    return {
        "registries": _rows(
            {"registry": pa.string(), "title": pa.string(), "role": pa.string(), "authority": pa.int32(), "stage": pa.string()},
            [(r.key, r.title, r.role, _AUTHORITY.index(r.role) + 1, r.stage) for r in registries.values()],
        ),
        "decisions": _rows(
            dict.fromkeys(("rule", "whereabouts", "words", "evidence"), pa.string()),
            [(d.rule, d.code, d.words, d.evidence) for d in DECISION_TABLE],
        ),
        "whereabouts_codes": _rows(
            {"code": pa.string(), "name": pa.string(), "listed": pa.bool_()}, [(w.code, w.name, w.listed) for w in WHEREABOUTS]
        ),
        "rules": _rows(
            {"rule": pa.string(), "severity": pa.string(), "values_are_cells": pa.bool_()},
            [(r.code, r.severity, r.values_are_cells) for r in RULES],
        ),
        "indicator_codes": _rows(
            {"code": pa.string(), "of_children": pa.bool_(), "of_entrants": pa.bool_()},
            [(i.code, i.denominator not in (None, composed.ENTRANTS), i.denominator == composed.ENTRANTS) for i in INDICATORS],
        ),
        **{table: _rows(dict.fromkeys(("code", "name"), pa.string()), list(codes.items())) for table, codes in names.items()},
        **{table: _rows(dict.fromkeys(("code", "words"), pa.string()), list(codes.items())) for table, codes in words.items()},
    }


def _rows(columns: Mapping[str, pa.DataType], rows: list[tuple]) -> pa.Table:
    schema = pa.schema(list(columns.items()))
    return pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in rows], schema=schema)


MACROS = (files("pipelines.reconcile") / "macros.sql").read_text(encoding="utf-8")
RELATIONS = _in_order()
