"""Relations composed from a table of conditions or a list of rules.

Analysts read the decision table and the indicators as tables, a condition beside its code and words; the conditions are SQL over the
columns of one relation.
"""

from collections.abc import Iterable, Mapping

from schemas.decisions import DECISION_TABLE
from schemas.indicators import INDICATORS
from schemas.relations import Relation

ENTRANTS = "entrants"  # the denominator of an indicator whose denominator is the entrants' table and not a condition


def conditions_that_hold(name: str, about: str, needs: tuple[str, ...], conditions: Mapping[str, str]) -> Relation:
    """The relation (person_id, codes): of each row of ``needs[0]``, called c, the codes whose condition holds, in order."""
    holds = ", ".join(f"case when {condition} then '{code}' end" for code, condition in conditions.items())
    statement = f"select person_id, list_filter([{holds}], lambda code: code is not null) as codes from {needs[0]} c"
    return Relation(
        name, about, needs, (), (("person_id", "varchar"), ("codes", "varchar[]")), ("person_id",), statement, view=True
    )


def decisions_that_hold() -> Relation:
    """The rows of the decision table that hold of a person; the first decides."""
    return conditions_that_hold(
        "decisions_that_hold",
        "One row per person: the rows of the decision table (schemas.decisions) that hold, in the order of the table.",
        ("person_circumstances",),
        {row.rule: row.condition for row in DECISION_TABLE},
    )


def indicator_conditions_that_hold() -> Relation:
    """Which numerators and denominators a child of the cohort is counted in."""
    parts = {f"{i.code} numerator": i.numerator for i in INDICATORS}
    parts |= {f"{i.code} denominator": i.denominator for i in INDICATORS if i.denominator and i.denominator != ENTRANTS}
    return conditions_that_hold(
        "indicator_conditions_that_hold",
        "One row per child of the cohort: the numerators and denominators (schemas.indicators) that it is counted in.",
        ("cohort_children", "three_system_findings"),
        parts,
    )


def found(rules: Iterable[Relation]) -> Relation:
    """What all rules find, one below the other."""
    listed = list(rules)
    statement = " union all ".join(f"select '{rule.name}' as rule, * from {rule.name}" for rule in listed)
    about = "One row per discrepancy that a rule finds (pipelines/reconcile/rules), with the rule's code."
    gives = (("rule", "varchar"), *listed[0].gives)
    return Relation("found", about, tuple(rule.name for rule in listed), (), gives, (), statement)
