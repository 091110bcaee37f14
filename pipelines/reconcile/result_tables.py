"""The tables that reconciliation makes of linked records: persons, discrepancies, cases, indicators and the list of the unaccounted."""

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from matching import Linkage
from pipelines.intake.accept import Intake
from pipelines.persons.resolve import Persons
from pipelines.reconcile.build_order import MACROS, RELATIONS, code_tables, parameters, place_tables
from pipelines.reconcile.cases import whole_log
from pipelines.store.conform import conform
from pipelines.store.context import Context
from schemas.memory_database import memory_database
from schemas.relations import build

_PUBLISHED = ("persons", "findings", "unaccounted", "case_log", "cases", "changes", "indicators", "standings")
_TEXT = pa.string()
_ANSWERS = pa.schema([(name, _TEXT) for name in ("person_id", "whereabouts", "answer", "school", "answered_on", "listed_as")])
_HANDLED = pa.schema([(name, _TEXT) for name in ("case_id", "person_id", "said", "answer", "right_value", "answered_on")])
_ENTRANTS = pa.schema([("year", pa.int32()), ("township", _TEXT), ("entrants", pa.int32())])


@dataclass(frozen=True, slots=True)
class Answers:
    """The accepted answers of townships. ``whereabouts``: person_id, whereabouts (null where the answer changes none),
    answer, school, answered_on, listed_as (the reason of the case on that day), one row a person (``pipelines.answers.reported.latest_confirmed_by_name``);
    ``handled``: case_id, person_id, said, answer, right_value, answered_on, one row a case of a discrepancy (``reported_handling``)."""

    whereabouts: pd.DataFrame
    handled: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Earlier:
    """Tables of the run published before (``Store.earlier``), without rows where there is none. ``forgotten_cases``: case_id of those whose
    number must not be given again (``pipelines.store.forgotten``)."""

    case_log: pd.DataFrame
    standings: pd.DataFrame
    forgotten_cases: pa.Table


def reconcile(
    context: Context,
    intake: Intake,
    linkage: Linkage,
    persons: Persons,
    answers: Answers,
    entrants: pd.DataFrame,
    earlier: Earlier,
) -> dict[str, pa.Table]:
    """The tables persons, findings, unaccounted, case_log, cases, changes, indicators and standings (``schemas.tables``), from the
    relations of ``pipelines.reconcile.build_order``.

    ``entrants``: year, township, entrants (``pipelines.reconcile.entrants.read_entrants``). Raises RelationError where a relation
    is not what its head says.
    """
    registered = {
        "records": conform(intake.records, "records"),
        "files": conform(intake.files, "files"),
        "identities": conform(persons.identities, "identities"),
        "person_events": conform(persons.events, "person_events"),
        "links": conform(linkage.links, "links"),
        "answers": pa.Table.from_pandas(answers.whereabouts, _ANSWERS, preserve_index=False),
        "handled": pa.Table.from_pandas(answers.handled, _HANDLED, preserve_index=False),
        "entrants": pa.Table.from_pandas(entrants, _ENTRANTS, preserve_index=False),
        "earlier_case_log": whole_log(pa.Table.from_pandas(earlier.case_log, preserve_index=False)),
        "earlier_standings": conform(earlier.standings, "standings"),
        "forgotten_cases": earlier.forgotten_cases,
        **code_tables(context.settings.registries),
        **place_tables(intake.records["school"].dropna().unique(), context.settings.divisions),
    }
    with memory_database(context.spill) as con:
        con.execute(MACROS)
        for name, table in registered.items():
            con.register(name, table)
        build(con, RELATIONS, parameters(context.as_of, context.settings), kept=_PUBLISHED)
        return {name: con.table(name).to_arrow_table() for name in _PUBLISHED}
