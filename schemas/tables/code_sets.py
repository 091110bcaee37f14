"""The code sets that the published tables use: each refers to the declaration where its codes stand."""

from collections.abc import Iterable

from schemas import codes
from schemas.answers import ANSWER_DOUBTS, ANSWER_KINDS, ANSWER_STATES, VERDICT_NAME
from schemas.checks import CHECK
from schemas.decisions import DECISION_TABLE
from schemas.indicators import INDICATOR
from schemas.refusals import ANSWER_REFUSALS, FILE_REFUSALS, SHEET_NOTES
from schemas.rules import DIFFERENCE_NAME, RULE
from schemas.tables.declaration import CodeSet
from schemas.whereabouts import FOLLOW_UP, LISTED, REASONS, WHEREABOUTS_NAME
from schemas.words import BASIS_NAME, CASE_KIND_NAME, CLOSED_REASON_NAME, EVENT_NAME, REPAIR_NAME, STATE_NAME


def _set(name: str, where: str, values: Iterable[str]) -> CodeSet:
    return CodeSet(name, where, tuple(dict.fromkeys(values)))


def _literal(name: str, *values: str) -> CodeSet:
    return CodeSet(name, "", values)


# The keys of the county's registries: schemas.registries, and those that its county.toml declares.
REGISTRIES_CODES = CodeSet("registries", "schemas.registries, county.toml", None)
# Of a refused file or answer: "answers" (returned workbooks), "intake" (the figures of entrants), "responsible" (包保责任人), "" (a folder of no registry).
SENDERS_CODES = CodeSet("senders", "schemas.registries, county.toml", None, ("answers", "intake", "responsible", ""))
FILE_SENDERS_CODES = CodeSet("file_senders", "schemas.registries, county.toml", None, ("",))

ID_STATUS_CODES = _set("id_status", "schemas.codes.ID_STATUS_NAME", codes.ID_STATUS_NAME)
SEX_CODES = _set("sex", "schemas.codes.SEX", codes.SEX.values())
STUDENT_STATE_CODES = _set("student_state", "schemas.codes.STUDENT_STATE", codes.STUDENT_STATE.values())
PERSONS_STUDENT_STATE_CODES = _set("persons_student_state", "schemas.codes.STUDENT_STATE_NAME", codes.STUDENT_STATE_NAME)
STUDY_MODE_CODES = _set("study_mode", "schemas.codes.STUDY_MODE", codes.STUDY_MODE.values())
SCHOOL_STAGE_CODES = _set("stage", "schemas.codes.SCHOOL_STAGE", codes.SCHOOL_STAGE.values())
SCHOOL_CLAIM_CODES = _set("school_claim", "schemas.codes.SCHOOL_CLAIM", codes.SCHOOL_CLAIM.values())
REGISTER_STATE_CODES = _set("register_state", "schemas.codes.REGISTER_STATE", codes.REGISTER_STATE.values())
REPORT_STATE_CODES = _set("report_state", "schemas.codes.REPORT_STATE", codes.REPORT_STATE.values())
CERTIFICATE_STATE_CODES = _set("certificate_state", "schemas.codes.CERTIFICATE_STATE", codes.CERTIFICATE_STATE.values())
DISABILITY_TYPE_CODES = _set("disability_type", "schemas.codes.DISABILITY_TYPE", codes.DISABILITY_TYPE.values())
DISABILITY_LEVEL_CODES = _set("disability_level", "schemas.codes.DISABILITY_LEVEL", codes.DISABILITY_LEVEL.values())
YES_NO_CODES = _set("yes_no", "schemas.codes.YES_NO", codes.YES_NO.values())
PAID_CODES = _set("paid", "schemas.codes.PAID", codes.PAID.values())

CHECKS_CODES = _set("checks", "schemas.checks.CHECK", CHECK)
QUARANTINE_RULES_CODES = _set("quarantine_rules", "schemas.checks.CHECK, schemas.refusals", sorted({*CHECK, *FILE_REFUSALS, *ANSWER_REFUSALS}))
NOTICE_RULES_CODES = _set("notice_rules", "schemas.checks.CHECK, schemas.refusals.SHEET_NOTES", sorted({*CHECK, *SHEET_NOTES}))
REPAIRS_CODES = _set("repairs", "schemas.words.REPAIR_NAME", REPAIR_NAME)

WHEREABOUTS_CODES = _set("whereabouts", "schemas.whereabouts.WHEREABOUTS", WHEREABOUTS_NAME)
LISTED_WHEREABOUTS_CODES = _set("listed_whereabouts", "schemas.whereabouts.LISTED", LISTED)
WHEREABOUTS_RULES_CODES = _set("whereabouts_rules", "schemas.decisions.DECISION_TABLE", (row.rule for row in DECISION_TABLE))
LIST_REASONS_CODES = _set("list_reasons", "schemas.whereabouts.REASONS", REASONS)
FOLLOW_UP_CODES = _set("follow_up", "schemas.whereabouts.FOLLOW_UP", FOLLOW_UP)

RULES_CODES = _set("rules", "schemas.rules.RULES", RULE)
DIFFERENCES_CODES = _set("differences", "schemas.rules.DIFFERENCE_NAME", DIFFERENCE_NAME)
BASES_CODES = _set("bases", "schemas.words.BASIS_NAME", BASIS_NAME)

CASE_KINDS_CODES = _set("case_kinds", "schemas.words.CASE_KIND_NAME", CASE_KIND_NAME)
CASE_EVENTS_CODES = _set("case_events", "schemas.words.EVENT_NAME", EVENT_NAME)
CASE_STATES_CODES = _set("case_states", "schemas.words.STATE_NAME", STATE_NAME)
CLOSED_REASONS_CODES = CodeSet("closed_reasons", "schemas.words.CLOSED_REASON_NAME", tuple(CLOSED_REASON_NAME), ("whereabouts",))
VERDICTS_CODES = _set("verdicts", "schemas.answers.VERDICT_NAME", VERDICT_NAME)
ANSWER_KINDS_CODES = _set("answer_kinds", "schemas.answers.ANSWER_KINDS", ANSWER_KINDS)
ANSWER_STATES_CODES = _set("answer_states", "schemas.answers.ANSWER_STATES", ANSWER_STATES)
ANSWER_REFUSALS_CODES = _set("answer_refusals", "schemas.refusals.ANSWER_REFUSALS", sorted(ANSWER_REFUSALS))
ANSWER_DOUBTS_CODES = _set("answer_doubts", "schemas.answers.ANSWER_DOUBTS", ANSWER_DOUBTS)
INDICATORS_CODES = _set("indicators", "schemas.indicators.INDICATORS", INDICATOR)

ANSWER_SOURCES_CODES = _literal("answer_sources", "workbook")
FILE_STATUS_CODES = _literal("file_status", "read", "refused", "superseded", "stale")
MEASURES_CODES = _literal("measures", "rows", "missing", "code", "heading")
DRIFT_LEVELS_CODES = _literal("drift_levels", "alarm", "warning", "remark")
DATED_FROM_CODES = _literal("dated_from", "name", "file_time")
ORIGINS_CODES = _literal("origins", "column", "id")
SEVERITIES_CODES = _literal("severities", "high", "medium", "low")
FAVOURED_CODES = _literal("favoured", "a", "b")
DECISIONS_CODES = _literal("decisions", "match", "possible")
PERIODS_CODES = _literal("periods", "run", "week")
AREA_LEVELS_CODES = _literal("area_levels", "county", "township", "village", "school")
STANDINGS_CODES = _literal("standings", "red", "black")
PERSON_EVENTS_CODES = _literal("person_events", "merged", "split", "known_again")
REFUSED_CANDIDATES_CODES = _literal(  # matching.absence.REFUSAL_REASONS has their Chinese
    "refused_candidates", "taken", "unsure", "name", "id", "birth", "kin", "place", "address", "sex", "rare",
)
