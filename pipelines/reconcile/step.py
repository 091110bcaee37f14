"""The step that reconciles: from linked records to persons, discrepancies, cases, indicators and the list of the unaccounted."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from matching import Linkage
from pipelines.answers.reported import confirm, reported_handling, reported_whereabouts
from pipelines.answers.returned import ReturnedRow
from pipelines.files.refusal import Refusal
from pipelines.intake.accept import Intake, quarantine_of
from pipelines.persons.resolve import Persons
from pipelines.reconcile.cases import keep_cases, number
from pipelines.reconcile.entrants import read_intake
from pipelines.reconcile.facts import build_persons
from pipelines.reconcile.findings import find_discrepancies
from pipelines.reconcile.measure import measure, stand
from pipelines.reconcile.unaccounted import list_unaccounted
from pipelines.store.conform import conform
from pipelines.store.runs import published_before
from reports.listings import CHILDREN_SHEET, FINDINGS_SHEET
from schemas.calendar import week_of
from schemas.settings import Cohort


@dataclass(frozen=True, slots=True)
class Reported:
    """What townships sent back: ``rows`` by list, and what of it was ``refused`` so far."""

    rows: dict[str, list[ReturnedRow]]
    refused: list[Refusal]


def reconcile(
    root: Path, tables: Intake, linkage: Linkage, who: Persons, said: Reported, as_of: date, cohort: Cohort
) -> dict[str, pa.Table | pd.DataFrame]:
    """The tables persons, findings, unaccounted, cases, indicators, and the account of the rows."""
    identities = who.identities
    log = published_before(root, "case_log")
    given, refused = reported_whereabouts(said.rows[CHILDREN_SHEET.title], as_of)
    names = tables.records[["record_id", "name"]].merge(identities[["record_id", "person_id"]], on="record_id")
    answers, mistaken = confirm(given, names)
    handled, unfit = reported_handling(said.rows[FINDINGS_SHEET.title], log, as_of)
    intake, unread = read_intake(root)
    quarantine = pd.concat(
        [tables.quarantine, quarantine_of(said.refused + refused + mistaken + unfit + unread)], ignore_index=True
    )
    records = conform(tables.records, "records")
    with duckdb.connect() as con:
        con.register("records", records)
        con.register("files", conform(tables.files, "files"))
        con.register("identities", conform(identities, "identities"))
        con.register("links", conform(linkage.links, "links"))
        con.register("answers", _arrow(answers))
        con.register("person_events", conform(who.events, "person_events"))
        con.register("intake", _arrow(intake))
        con.register("handled", _arrow(handled))
        con.register("case_log", conform(log, "case_log"))
        con.register("earlier_standings", conform(published_before(root, "standings"), "standings"))
        build_persons(con, as_of, cohort)
        found = {"findings": find_discrepancies(con), "unaccounted": list_unaccounted(con)}
        for name, table in found.items():
            con.register(name, table)
        there = sorted(set(tables.records["registry"]))
        cases = keep_cases(con, as_of, there)
        con.register("cases", cases["cases"])
        numbered = {name: number(con, name) for name in found}
        measure(con, as_of)
        indicators = con.sql("select * from indicators").to_arrow_table()
        standings = stand(con, as_of, week_of(as_of))
        persons = con.sql("select * from persons order by person_id").to_arrow_table()
    return {
        "records": records,
        "quarantine": quarantine,
        "notices": tables.notices,
        "warnings": tables.warnings,
        "repairs": tables.repairs,
        "files": tables.files,
        "persons": persons,
        "indicators": indicators,
        "standings": standings,
        **numbered,
        **cases,
    }


def _arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False)
