"""The code sets that the published tables use: each refers to the declaration where its codes stand."""

from collections.abc import Iterable

from schemas import codes
from schemas.answers import VERDICT_NAME
from schemas.checks import CHECK
from schemas.decisions import DECISION_TABLE
from schemas.indicators import INDICATOR
from schemas.refusals import ANSWER_REFUSALS, FILE_REFUSALS, SHEET_NOTES
from schemas.rules import DIFFERENCE_NAME, RULE
from schemas.tables.declare import CodeSet
from schemas.whereabouts import LISTED, REASONS, WHEREABOUTS_NAME
from schemas.words import BASIS_NAME, CASE_KIND_NAME, CLOSED_REASON_NAME, EVENT_NAME, REPAIR_NAME, STATE_NAME


def _set(name: str, where: str, values: Iterable[str]) -> CodeSet:
    return CodeSet(name, where, tuple(dict.fromkeys(values)))


def _literal(name: str, *values: str) -> CodeSet:
    return CodeSet(name, "", values)


# The keys of the county's registries: schemas.registries, and those that its county.toml declares.
REGISTRIES = CodeSet("registries", "schemas.registries, county.toml", None)
# Of a refused file or answer: "answers" (returned workbooks), "intake" (the figures of entrants), "" (a folder of no registry).
SENDERS = CodeSet("senders", "schemas.registries, county.toml", None, ("answers", "intake", ""))
FILE_SENDERS = CodeSet("file_senders", "schemas.registries, county.toml", None, ("",))

ID_STATUS = _set("id_status", "schemas.codes.ID_STATUS_NAME", codes.ID_STATUS_NAME)
SEX = _set("sex", "schemas.codes.SEX", codes.SEX.values())
STUDENT_STATE = _set("student_state", "schemas.codes.STUDENT_STATE", codes.STUDENT_STATE.values())
PERSONS_STUDENT_STATE = _set("persons_student_state", "schemas.codes.STUDENT_STATE_NAME", codes.STUDENT_STATE_NAME)
STUDY_MODE = _set("study_mode", "schemas.codes.STUDY_MODE", codes.STUDY_MODE.values())
SCHOOL_STAGE = _set("stage", "schemas.codes.SCHOOL_STAGE", codes.SCHOOL_STAGE.values())
SCHOOL_CLAIM = _set("school_claim", "schemas.codes.SCHOOL_CLAIM", codes.SCHOOL_CLAIM.values())
REGISTER_STATE = _set("register_state", "schemas.codes.REGISTER_STATE", codes.REGISTER_STATE.values())
CERTIFICATE_STATE = _set("certificate_state", "schemas.codes.CERTIFICATE_STATE", codes.CERTIFICATE_STATE.values())
DISABILITY_TYPE = _set("disability_type", "schemas.codes.DISABILITY_TYPE", codes.DISABILITY_TYPE.values())
DISABILITY_LEVEL = _set("disability_level", "schemas.codes.DISABILITY_LEVEL", codes.DISABILITY_LEVEL.values())
YES_NO = _set("yes_no", "schemas.codes.YES_NO", codes.YES_NO.values())
PAID = _set("paid", "schemas.codes.PAID", codes.PAID.values())

CHECKS = _set("checks", "schemas.checks.CHECK", CHECK)
QUARANTINE_RULES = _set("quarantine_rules", "schemas.checks.CHECK, schemas.refusals", sorted({*CHECK, *FILE_REFUSALS, *ANSWER_REFUSALS}))
NOTICE_RULES = _set("notice_rules", "schemas.checks.CHECK, schemas.refusals.SHEET_NOTES", sorted({*CHECK, *SHEET_NOTES}))
REPAIRS = _set("repairs", "schemas.words.REPAIR_NAME", REPAIR_NAME)

WHEREABOUTS = _set("whereabouts", "schemas.whereabouts.WHEREABOUTS", WHEREABOUTS_NAME)
LISTED_WHEREABOUTS = _set("listed_whereabouts", "schemas.whereabouts.LISTED", LISTED)
WHEREABOUTS_RULES = _set("whereabouts_rules", "schemas.decisions.DECISION_TABLE", (row.rule for row in DECISION_TABLE))
LIST_REASONS = _set("list_reasons", "schemas.whereabouts.REASONS", REASONS)

RULES = _set("rules", "schemas.rules.RULES", RULE)
DIFFERENCES = _set("differences", "schemas.rules.DIFFERENCE_NAME", DIFFERENCE_NAME)
BASES = _set("bases", "schemas.words.BASIS_NAME", BASIS_NAME)

CASE_KINDS = _set("case_kinds", "schemas.words.CASE_KIND_NAME", CASE_KIND_NAME)
CASE_EVENTS = _set("case_events", "schemas.words.EVENT_NAME", EVENT_NAME)
CASE_STATES = _set("case_states", "schemas.words.STATE_NAME", STATE_NAME)
CLOSED_REASONS = CodeSet("closed_reasons", "schemas.words.CLOSED_REASON_NAME", tuple(CLOSED_REASON_NAME), ("whereabouts",))
VERDICTS = _set("verdicts", "schemas.answers.VERDICT_NAME", VERDICT_NAME)
INDICATORS = _set("indicators", "schemas.indicators.INDICATORS", INDICATOR)

FILE_STATUS = _literal("file_status", "read", "refused", "superseded", "stale")
MEASURES = _literal("measures", "rows", "missing", "code", "heading")
DRIFT_LEVELS = _literal("drift_levels", "alarm", "warning", "remark")
ORIGINS = _literal("origins", "column", "id")
SEVERITIES = _literal("severities", "high", "medium", "low")
FAVOURED = _literal("favoured", "a", "b")
DECISIONS = _literal("decisions", "match", "possible")
PERIODS = _literal("periods", "run", "week")
AREA_LEVELS = _literal("area_levels", "county", "township", "village", "school")
STANDINGS = _literal("standings", "red", "black")
PERSON_EVENTS = _literal("person_events", "merged", "split", "known_again")
REFUSED_CANDIDATES = _literal(  # matching.absence.REFUSAL_REASONS has their Chinese
    "refused_candidates", "taken", "unsure", "name", "id", "birth", "kin", "place", "address", "sex", "rare",
)
