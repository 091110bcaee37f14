"""The rows of each list: the published tables joined and put in order (``relations/lists``), for the county and for a township.

A township's workbook holds only its own children, and of them what ``reports.listings`` allows.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from reports.answer_listings import (
    ACCEPTANCE_SHEET,
    CORRECTIONS_SHEET,
    OFF_LIST_SHEET,
    RECEIPT_SHEET,
    VISITS_SHEET,
    WAITING_SHEET,
    WITH_OFFICE_SHEET,
)
from reports.areas import NOWHERE
from reports.book import SheetOfRows, for_county, for_township, with_filled_columns
from reports.joining_listing import JOINING_SHEET
from reports.list_counts import ListCounts
from reports.listings import (
    CHANGES_SHEET,
    CHILDREN_SHEET,
    FINDINGS_SHEET,
    FOR_INFORMATION_SHEET,
    PAIRS_SHEET,
    SHEETS_TO_ANSWER,
)
from reports.roster_listings import CLASS_SHEET, HOLIDAY_SHEET, LEAVING_SHEET, NOT_REGISTERED_SHEET
from reports.row_codes import NO_KEY, with_row_codes
from reports.run_tables import read_columns, with_relations
from schemas.answers import (
    ALREADY_ONE,
    ANSWER_DOUBTS,
    ANSWER_KINDS,
    ANSWER_REFUSAL_WORDS,
    ANSWER_STATES,
    BACK_AGAIN,
    BROKEN_CODES,
    CORRECTING_ANSWERS,
    GONE_AWAY,
    JUDGEMENT_REFUSAL_WORDS,
    LEAVING_AGAIN,
    OFFICE,
    OVERTAKEN_WORDS,
    REPORT_OF_ANOTHER_AGE,
    REPORT_WITHOUT_RECORD,
    STILL_ABSENT,
    VERDICT_NAME,
    VOUCHED_FOR,
    refusal_words,
)
from schemas.calendar import before_summer, in_autumn, in_winter_holiday, school_year, semester_start
from schemas.codes import STUDENT_STATE_NAME
from schemas.registry import Registry
from schemas.responsible_roles import RESPONSIBLE
from schemas.rosters import CLASS_STATES, LEAVING_SIGNS, OVER_AGE, SCHOOL_BASIS
from schemas.rules import DIFFERENCE_NAME, RULES
from schemas.settings import Settings
from schemas.whereabouts import CLASS_AGES, FOLLOW_UP, REASONS, VOCATIONAL_CLASS, WHEREABOUTS_NAME, WITHDRAWN
from schemas.words import CASE_KIND_NAME, EVENT_NAME, HOUSEHOLD_BOOK_NEEDED

ANSWERED = ("waiting", "with_office")  # ``child_rows.answer_state`` where a township need not answer
SEVERITY = {"high": "高", "medium": "中", "low": "低"}

# A sheet and the relation that fills it.
_FILLED_FROM = (
    (CHILDREN_SHEET, "child_rows"),
    (PAIRS_SHEET, "possible_pairs"),
    (FINDINGS_SHEET, "finding_rows"),
    (FOR_INFORMATION_SHEET, "information_rows"),
    (CHANGES_SHEET, "change_rows"),
    (ACCEPTANCE_SHEET, "acceptance_rows"),
    (JOINING_SHEET, "joining_rows"),
    (WAITING_SHEET, "waiting_rows"),
    (WITH_OFFICE_SHEET, "with_office_rows"),
    (OFF_LIST_SHEET, "off_list_rows"),
    (RECEIPT_SHEET, "receipt_rows"),
    (CORRECTIONS_SHEET, "corrections"),
    (VISITS_SHEET, "visit_rows"),
    (HOLIDAY_SHEET, "holiday_visits"),
    (NOT_REGISTERED_SHEET, "not_registered"),
    (LEAVING_SHEET, "leaving_signs"),
    (CLASS_SHEET, "class_rows"),
)

_READ = {
    "records": (
        "record_id", "registry", "file", "sheet", "row", "name", "id_number", "id_raw", "birthdate", "township", "village", "guardian",
        "school", "household", "student_state", "state_date", "report_state",
    ),
    "identities": ("record_id", "person_id"),
    "persons": (
        "person_id", "name", "id_number", "township", "village", "in_cohort", "whereabouts", "responsible_township", "whereabouts_rule",
        "birthdate", "guardian", "phone", "sex", "school", "grade", "grade_number", "student_state", "school_claim", "conditions",
    ),
    "links": ("record_id_l", "record_id_r", "probability", "decision", "evidence_text", "answer", "answer_id"),
    "findings": (
        "finding_id", "person_id", "rule", "severity", "field", "registry_a", "value_a", "registry_b", "value_b", "township", "village",
        "record_id_a", "record_id_b", "in_cohort", "message", "case_id", "kind", "favoured", "why", "basis", "address_a", "address_b",
    ),
    "unaccounted": (
        "person_id", "township", "village", "name", "sex", "birthdate", "id_number", "guardian", "phone", "poverty", "disability",
        "whereabouts", "reason", "follow_up", "hint", "candidate", "candidate_record_id", "sources", "first_listed", "case_id",
    ),
    "cases": ("case_id", "kind", "person_id", "rule", "since", "weeks", "answer", "state", "closed_on", "closed_whereabouts"),
    "changes": ("period", "as_of", "event", "case_id", "kind", "person_id", "rule", "township", "village", "said", "reason"),
    "answers": (
        "answer_id", "kind", "case_id", "person_id", "about", "name", "id_number", "birthdate",
        "township", "value", "detail", "note", "evidence", "answered_by", "answered_on",
        "received_on", "file", "sheet", "row", "state", "refusal", "doubt", "decided_by", "decided_on", "decided_why",
    ),
    "quarantine": ("registry", "file", "sheet", "row", "rule", "message"),
    "files": ("registry", "file", "sheet", "status", "dated"),
    "case_log": ("entry", "as_of", "event", "case_id", "kind", "content"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AreaLists:
    """What an area's workbook shows. ``sheets``: title -> the sheet's declaration with the columns that the area may see;
    ``frames``: title -> its rows in their order; ``cohort``: township, whereabouts, children; ``on_record``: title of a list to be answered
    -> all its rows, those among them that nobody is asked about: an answer waits for the county, or an office is to settle it."""

    sheets: Mapping[str, SheetOfRows]
    frames: Mapping[str, pa.Table]
    cohort: pa.Table
    on_record: Mapping[str, pa.Table]


@dataclass(frozen=True, slots=True)
class RunLists:
    """The lists of a run. ``first_night``: whether every case is new tonight; ``counts``: as ``list_counts`` gives them."""

    frames: Mapping[str, pa.Table]
    cohort: pa.Table
    first_night: bool
    counts: Mapping[str, ListCounts]

    def county(self) -> AreaLists:
        """Everything, the other side of a pair or finding included."""
        sheets = {sheet.title: with_filled_columns(sheet, self.frames[sheet.title]) for sheet, _ in _FILLED_FROM}
        return AreaLists(sheets, self.frames, self.cohort, {sheet.title: self.frames[sheet.title] for sheet in SHEETS_TO_ANSWER})

    def township(self, name: str) -> AreaLists:
        """The township's own children village by village, and of the others nothing. It is not asked about a child or a pair whose answer
        waits for the county or an office, nor about what only an office can settle."""
        permitted = {sheet.title: for_township(sheet, self.frames[sheet.title], name) for sheet, _ in _FILLED_FROM}
        sheets = {title: with_filled_columns(sheet, frame) for title, (sheet, frame) in permitted.items()}
        frames = {title: frame for title, (_, frame) in permitted.items()}
        on_record = {sheet.title: frames[sheet.title] for sheet in SHEETS_TO_ANSWER}
        listed, pairs, findings = on_record.values()
        sheets[CHILDREN_SHEET.title] = replace(sheets[CHILDREN_SHEET.title], grouped_by="village")
        frames[CHILDREN_SHEET.title] = listed.filter(pc.invert(answered(listed))).sort_by("walk")
        frames[FINDINGS_SHEET.title] = findings.filter(findings["asked"])
        frames[PAIRS_SHEET.title] = pairs.filter(pc.invert(answered(pairs)))
        return AreaLists(sheets, frames, self.cohort.filter(pc.equal(self.cohort["township"], name)), on_record)


def answered(asked: pa.Table, where: Sequence[str] = ANSWERED) -> pa.ChunkedArray:
    """Row by row of the list of children, or of pairs: is there an answer that waits for the county's word (waiting), or for an office to correct its
    system (with_office)? ``where``: only one of the two."""
    return pc.fill_null(pc.is_in(asked["answer_state"], value_set=pa.array(where)), False)


def read_lists(
    tables: Path, as_of: date, settings: Settings, responsible: pa.Table | None = None, row_key: bytes = NO_KEY
) -> RunLists:
    """The lists of the run of ``as_of`` published in the folder ``tables``. ``responsible``: as ``schemas.responsible_roles.RESPONSIBLE``;
    ``row_key``: of the rows' codes.

    Raises ValueError where a table carries a code that ``schemas`` does not know: a list must not lose rows silently.
    """
    with list_relations(tables, as_of, settings, responsible) as con:
        unknown = con.table("unknown_codes").fetchall()
        if unknown:
            place = unknown[0][0]
            raise ValueError(f"{place}: codes unknown to schemas: {[str(code) for where, code in unknown if where == place]}")
        frames = {
            sheet.title: for_county(sheet, with_row_codes(sheet, con.table(name).to_arrow_table(), row_key))
            for sheet, name in _FILLED_FROM
        }
        ((first_night,),) = con.table("first_night").fetchall()
        return RunLists(frames, con.table("cohort").to_arrow_table(), first_night, _counted_rows(con))


def list_counts(tables: Path, as_of: date, settings: Settings) -> dict[str, ListCounts]:
    """``RunLists.counts`` without the lists: township -> how many rows its lists have; ``NOWHERE``: those of no township, or of more than one."""
    with list_relations(tables, as_of, settings, wanted="list_counts") as con:
        return _counted_rows(con)


def _counted_rows(con: duckdb.DuckDBPyConnection) -> dict[str, ListCounts]:
    return {township or NOWHERE: ListCounts(*counts) for township, *counts in con.table("list_counts").fetchall()}


@contextmanager
def list_relations(
    tables: Path, as_of: date, settings: Settings, responsible: pa.Table | None = None, wanted: str | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the relations of ``relations/lists``; ``wanted``: as for ``with_relations``, the rest as for ``read_lists``."""
    known = read_columns(tables, _READ) | _names(settings.registries)
    known["responsible"] = RESPONSIBLE.empty_table() if responsible is None else responsible
    parameters = {
        "as_of": as_of,
        "sample_share": settings.sample_share,
        "withdrawn": WITHDRAWN,
        "vouched_for": VOUCHED_FOR,
        "broken_codes": BROKEN_CODES,
        **_of_the_year(as_of),
    }
    with with_relations("lists", known, parameters, tables, wanted) as con:
        yield con


def _of_the_year(as_of: date) -> dict[str, object]:
    """What depends on the time of the school year, and what the plan's further lists ask about."""
    return {
        "semester": semester_start(as_of),
        "year_start": date(school_year(as_of), 9, 1),
        "autumn": in_autumn(as_of),
        "winter_holiday": in_winter_holiday(as_of),
        "before_summer": before_summer(as_of),
        "over_age": OVER_AGE,
        "leaving_again": LEAVING_AGAIN,
        "gone": GONE_AWAY,
        "back_again": BACK_AGAIN,
        "report_without_record": REPORT_WITHOUT_RECORD,
        "still_absent": STILL_ABSENT,
        "already_one": ALREADY_ONE,
        "report_of_another_age": REPORT_OF_ANOTHER_AGE,
        "same_person": VERDICT_NAME["same"],
        "class_answer": VOCATIONAL_CLASS,
        "class_from": CLASS_AGES[0],
        "class_to": CLASS_AGES[1],
    }


def _names(registries: Mapping[str, Registry]) -> dict[str, pa.Table]:
    """Code -> Chinese, a frame per kind of code: code, name and, where an order matters, rank."""

    def frame(names: Mapping[str, str]) -> pa.Table:
        return pa.table({"code": list(names), "name": list(names.values()), "rank": list(range(len(names)))})

    systems = list(registries.values())
    # The core registries come first: their standard heading names a field.
    fields = {c.field: c.headings[0] for r in reversed(systems) for c in r.columns}
    household_book_needed = sorted(HOUSEHOLD_BOOK_NEEDED)
    return {
        "reasons": frame(REASONS),
        "follow_ups": frame(FOLLOW_UP),
        "whereabouts_names": frame(WHEREABOUTS_NAME),
        "severities": frame(SEVERITY),
        "kind_names": frame(DIFFERENCE_NAME),
        "case_kinds": frame(CASE_KIND_NAME),
        "event_names": frame(EVENT_NAME),
        "answer_states": frame(ANSWER_STATES),
        "answer_refusals": pa.Table.from_pylist(
            [
                {"code": code, "asker": asker, "name": refusal_words(code, asker)}
                for code in (*ANSWER_REFUSAL_WORDS, *OVERTAKEN_WORDS)
                for asker in (*ANSWER_KINDS, OFFICE)
            ]
            + [{"code": code, "asker": "pair", "name": words} for code, words in JUDGEMENT_REFUSAL_WORDS.items()]
        ),
        "answer_doubts": frame(ANSWER_DOUBTS),
        "school_bases": frame(SCHOOL_BASIS),
        "leaving_sign_names": frame(LEAVING_SIGNS),
        "class_states": frame(CLASS_STATES),
        "student_states": frame(STUDENT_STATE_NAME),
        "correcting_answers": pa.Table.from_pylist([asdict(row) for row in CORRECTING_ANSWERS]),
        "field_names": frame(fields),
        "household_book_needed": pa.table({"code": pa.array(household_book_needed, pa.string())}),
        "registry_names": pa.table(
            {
                "code": [*(r.key for r in systems), "answers"],
                "name": [*(r.title for r in systems), "乡镇核查"],
                "keeper": [*(r.owner for r in systems), "乡镇"],
                "rank": list(range(len(systems) + 1)),
            }
        ),
        "rule_names": pa.table(
            {
                "code": [r.code for r in RULES],
                "name": [r.name for r in RULES],
                "owner": [r.owner for r in RULES],
                "advice": [r.advice for r in RULES],
                "visit": [r.visit for r in RULES],
            }
        ),
    }
