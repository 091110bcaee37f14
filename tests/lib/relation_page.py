"""Makes docs/relations.md of the heads of the relations: ``python -m tests.lib.relation_page``."""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from pipelines.reconcile.build_order import REGISTERED, RELATIONS, code_tables, place_tables
from schemas.registry import declared
from schemas.relations import Relation, read_relations
from schemas.rules import RULE
from tests.lib.plan_county import SETTINGS
from tests.lib.relation_checks import mermaid

PAGE = Path(__file__).resolve().parents[2] / "docs/relations.md"

_OTHER_STEPS = (
    ("Persons", "pipelines.persons", "relations"),
    ("Lists of the workbooks", "reports", "relations/lists"),
    ("The week's counts", "reports", "relations/week"),
    ("What goes back to the offices", "reports", "relations/offices"),
)

_HEAD = """# Relations

This page is made by `python -m tests.lib.relation_page` from the heads of the files. A relation is a named SQL step, one file. Its head says
what one row is, what the statement needs and gives, and what is unique; [schemas/relations.py](../schemas/relations.py) checks the heads, puts
the relations in order, makes them as tables of one DuckDB connection (as views, where the head has `made: view`), and checks their columns and
types.

# Reconciliation

The files are in [pipelines/reconcile/relations](../pipelines/reconcile/relations), those of the rules in
[rules](../pipelines/reconcile/rules) under their codes; a rule needs a row in [schemas/rules.py](../schemas/rules.py) as well. To look at a
relation, make them all as the fixture `relations` of `tests/spec/test_rules.py` does, and query it by its name.

`decisions_that_hold`, `indicator_conditions_that_hold` and `found` are composed of the decision table, the indicators and the list of rules
([composed.py](../pipelines/reconcile/composed.py)); `grades` and `difference_kinds` are computed in Python
([computed.py](../pipelines/reconcile/computed.py)).
"""


def page() -> str:
    """The page, as Markdown."""
    codes = code_tables(declared()) | place_tables((), SETTINGS.divisions)
    drawn_as = dict.fromkeys(codes) | dict.fromkeys(RULE, "rules_by_code")
    rules = [r for r in RELATIONS if r.name in RULE]
    parts = [
        _HEAD,
        "## How they hang together\n\nThe rules are drawn as one, `rules_by_code`; tables of codes and their words are left out.",
        f"```mermaid\n{mermaid(RELATIONS, drawn_as)}\n```",
        "## Tables that the step brings",
        _table(("table", "one row per"), [(f"`{name}`", about) for name, about in REGISTERED.items()]),
        "## Relations, in the order in which they are made",
        _relations(r for r in RELATIONS if r.name not in RULE),
        "## Rules",
        _relations(sorted(rules, key=lambda r: list(RULE).index(r.name))),
    ]
    for title, package, folder in _OTHER_STEPS:
        relations = list(read_relations(files(package) / folder).values())
        where = f"{package.replace('.', '/')}/{folder}"
        parts += [
            f"# {title}\n\nThe files are in [{where}](../{where}).",
            f"```mermaid\n{mermaid(relations)}\n```",
            _relations(relations),
        ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _relations(relations: Iterable[Relation]) -> str:
    rows = [(f"`{r.name}`", _first_sentence(r.about), _needs(r), ", ".join(r.key) or "none") for r in relations]
    return _table(("relation", "what it is", "needs", "key"), rows)


def _first_sentence(about: str) -> str:
    return about.partition(". ")[0].rstrip(".")


def _needs(relation: Relation) -> str:
    return "every rule" if set(relation.needs) >= set(RULE) else ", ".join(relation.needs)


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (headings, tuple("---" for _ in headings), *rows))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
