"""The published tables: DIR/curated/current/*.parquet, column by column.

Dates are dates, IDs are strings, codes are those of ``schemas.codes``, ``schemas.whereabouts`` and ``schemas.rules``.
``file`` is a base name, ``row`` the row number as Excel shows it (CSV: the line's ordinal, header = 1).
"""

import pyarrow as pa

_TEXT, _DATE, _INT, _REAL, _FLAG = pa.string(), pa.date32(), pa.int32(), pa.float64(), pa.bool_()


def _table(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


# One row per file and sheet taken in, or refused whole. `status`: read | refused | superseded (a newer export holds its rows) |
# stale (an earlier night's, in the place of one that is broken); `dated`: the day it was made; `message` is in Chinese.
# All cells as read, those of unknown columns too: curated/snapshots/r2-<sha256>-<n>.parquet.
FILES_TABLE = _table(
    registry=_TEXT, file=_TEXT, sheet=_TEXT, sha256=_TEXT, status=_TEXT, heading_row=_INT, dated=_DATE,
    rows=_INT, accepted=_INT, quarantined=_INT, message=_TEXT,
)

# One row per accepted source row: as standardised, with the raw value beside what was changed.
RECORDS_TABLE = _table(
    record_id=_TEXT, registry=_TEXT, file=_TEXT, sheet=_TEXT, row=_INT, source_key=_TEXT,
    name=_TEXT, name_raw=_TEXT, former_name=_TEXT,
    # id_number: 18 characters or null. id_status: schemas.codes.ID_STATUS_NAME. id_known: the leading digits that
    # survive in a damaged number. id_other: a second, perhaps older ID (from the student number).
    id_number=_TEXT, id_raw=_TEXT, id_status=_TEXT, id_known=_TEXT, id_other=_TEXT,
    # birthdate_from, sex_from: column | id (taken from the ID because the column is absent or empty).
    birthdate=_DATE, birthdate_raw=_TEXT, birthdate_from=_TEXT, sex=_TEXT, sex_from=_TEXT, ethnicity=_TEXT,
    hukou_county=_TEXT, township=_TEXT, village=_TEXT, address_raw=_TEXT,
    guardian=_TEXT, kin=_TEXT, phone=_TEXT, household=_TEXT, relation=_TEXT,
    school=_TEXT, stage=_TEXT, grade=_TEXT, entry_month=_TEXT, student_number=_TEXT, student_state=_TEXT, state_date=_DATE,
    study_mode=_TEXT, poverty=_TEXT, school_claim=_TEXT, dropout_reason=_TEXT,
    certificate_number=_TEXT, certificate_state=_TEXT, disability_type=_TEXT, disability_level=_TEXT,
    health=_TEXT, register_state=_TEXT, aid_item=_TEXT, aid_amount=_REAL, aid_term=_TEXT, aid_paid=_TEXT, hardship=_TEXT,
    low_income=_TEXT, destitute=_TEXT, orphan=_TEXT, disability_flag=_TEXT,
)

# One row per refused source row (row, column may be null where a file is refused whole).
QUARANTINE_TABLE = _table(registry=_TEXT, file=_TEXT, sheet=_TEXT, row=_INT, column=_TEXT, rule=_TEXT, message=_TEXT)

# What was accepted and should still be known: per file, column and rule, how many rows. No values of persons.
NOTICES_TABLE = _table(registry=_TEXT, file=_TEXT, sheet=_TEXT, column=_TEXT, rule=_TEXT, rows=_INT, message=_TEXT)

# The same row by row: what each check of schemas.checks reports of an accepted row. No values of persons.
WARNINGS_TABLE = _table(registry=_TEXT, file=_TEXT, sheet=_TEXT, row=_INT, column=_TEXT, rule=_TEXT)

# One row per value that standardising changed: as exported, as it is now (null: taken for missing), under which rule.
REPAIRS_TABLE = _table(registry=_TEXT, file=_TEXT, sheet=_TEXT, row=_INT, column=_TEXT, raw=_TEXT, standardised=_TEXT, rule=_TEXT)

# What a night's exports look like, to compare the next with. measure: rows | missing (share of rows without the field) |
# code (rows with that value of a code column, `value` as exported) | heading (1 where it is there, `value` the heading).
PROFILES_TABLE = _table(registry=_TEXT, measure=_TEXT, field=_TEXT, value=_TEXT, amount=_REAL)

# How tonight's exports differ from the last published run's. level: alarm | warning | remark.
DRIFT_TABLE = _table(
    registry=_TEXT, measure=_TEXT, field=_TEXT, value=_TEXT, before=_REAL, now=_REAL, level=_TEXT, message=_TEXT,
)

# One row per pair. weight in bits (log2 Bayes factor, prior included); evidence: the comparison levels with their
# weights, `field:level:weight` joined by `;`; evidence_text: the same in Chinese. answer: what somebody who looked at the two answered.
LINKS_TABLE = _table(
    record_id_l=_TEXT, record_id_r=_TEXT, weight=_REAL, probability=_REAL, decision=_TEXT, evidence=_TEXT, evidence_text=_TEXT, answer=_TEXT,
)

# What townships answered of pairs on 疑似同一人, kept from run to run. side_a, side_b: the two records as they were shown, a JSON list of
# system, name, ID, birthdate, guardian, village; verdict: same | different | unsure; pairs: rows of the workbook that showed the same.
VERDICTS_TABLE = _table(
    side_a=_TEXT, side_b=_TEXT, verdict=_TEXT, pairs=_INT, said_on=_DATE, said_by=_TEXT, note=_TEXT, file=_TEXT, row=_INT,
)

# One row per record: the person whose it is, and where its row stands.
IDENTITIES_TABLE = _table(person_id=_TEXT, record_id=_TEXT, registry=_TEXT, file=_TEXT, sheet=_TEXT, row=_INT)

# One row per person, grown-ups too (in_cohort false, whereabouts null). whereabouts_rule: the row of the decision
# table; evidence_record_id: the record it rests on; conditions: all rows of the table that hold, comma-joined. poverty: in a
# registered-poor household.
PERSONS_TABLE = _table(
    person_id=_TEXT, name=_TEXT, id_number=_TEXT, birthdate=_DATE, sex=_TEXT, ethnicity=_TEXT, hukou_county=_TEXT,
    township=_TEXT, village=_TEXT, guardian=_TEXT, phone=_TEXT, in_cohort=_FLAG, whereabouts=_TEXT, whereabouts_rule=_TEXT,
    evidence_record_id=_TEXT, conditions=_TEXT, responsible_township=_TEXT, poverty=_FLAG, disability_type=_TEXT, disability_level=_TEXT,
    school=_TEXT, grade=_TEXT, student_state=_TEXT, school_claim=_TEXT, registries=_TEXT, records=_INT, due=_FLAG,
)

# One row per discrepancy. severity: high | medium | low; kind: schemas.rules.DIFFERENCE_NAME. value_a/b as written by registry_a/b;
# record_id_a/b and address_a/b (system, file, sheet, row) trace them. favoured: a | b, the value that the evidence is for, null
# where it is for neither; basis: schemas.words.BASIS_NAME, why: the same in Chinese. case_id: see CASES_TABLE; null in a look back at a
# past night.
FINDINGS_TABLE = _table(
    finding_id=_TEXT, case_id=_TEXT, person_id=_TEXT, rule=_TEXT, severity=_TEXT, field=_TEXT, kind=_TEXT, registry_a=_TEXT, value_a=_TEXT,
    registry_b=_TEXT, value_b=_TEXT, favoured=_TEXT, basis=_TEXT, why=_TEXT, township=_TEXT, village=_TEXT, record_id_a=_TEXT, record_id_b=_TEXT,
    address_a=_TEXT, address_b=_TEXT, in_cohort=_FLAG, message=_TEXT,
)

# One row per listed child (whereabouts in schemas.whereabouts.LISTED). hint, candidate: Chinese sentences;
# candidate_record_id: the nearest student record that could not be confirmed; sources: where its records stand.
UNACCOUNTED_TABLE = _table(
    person_id=_TEXT, case_id=_TEXT, township=_TEXT, village=_TEXT, name=_TEXT, id_number=_TEXT, birthdate=_DATE, sex=_TEXT, guardian=_TEXT,
    phone=_TEXT, poverty=_FLAG, disability=_TEXT, whereabouts=_TEXT, reason=_TEXT, hint=_TEXT, candidate=_TEXT,
    candidate_record_id=_TEXT, sources=_TEXT, first_listed=_DATE,
)

# The events of all cases, one row an event (entry: its number); it only grows. event: opened | changed | answered | closed | reopened. key: what the
# case is about; kind: list | finding; rule: its whereabouts or its rule; registries: the systems it rests on, comma-joined;
# said: the answer, or by what it was closed; content: the values shown, as JSON. reason: why it was closed, a code of
# schemas.words.CLOSED_REASON_NAME or `whereabouts`, and then whereabouts says which. basis: a discrepancy's, as in the table findings.
# answer, answer_detail, answered_on: of an answer the choice, the school or correct value beside it, and its day. All are null in
# entries of a version that did not write them.
CASE_LOG_TABLE = _table(
    entry=_INT, as_of=_DATE, case_id=_TEXT, event=_TEXT, key=_TEXT, kind=_TEXT, person_id=_TEXT, rule=_TEXT, township=_TEXT, village=_TEXT,
    registries=_TEXT, said=_TEXT, content=_TEXT, reason=_TEXT, whereabouts=_TEXT, basis=_TEXT, answer=_TEXT, answer_detail=_TEXT,
    answered_on=_DATE,
)

# One row per case, as it stands. state: open | answered | closed; since: its last opening; weeks: whole ones since then;
# reopened: how often; closed_reason, closed_whereabouts: reason and whereabouts of the log behind closed_by. A child
# that was never off the list has one case, however long.
CASES_TABLE = _table(
    case_id=_TEXT, kind=_TEXT, person_id=_TEXT, rule=_TEXT, township=_TEXT, village=_TEXT, state=_TEXT, opened=_DATE, since=_DATE,
    weeks=_INT, answer=_TEXT, closed_on=_DATE, closed_by=_TEXT, closed_reason=_TEXT, closed_whereabouts=_TEXT, reopened=_INT, key=_TEXT,
)

# What happened to cases since the run before (period run) and since the last Thursday (week); said, reason, whereabouts as in the log.
CHANGES_TABLE = _table(
    period=_TEXT, since=_DATE, as_of=_DATE, event=_TEXT, case_id=_TEXT, kind=_TEXT, person_id=_TEXT, rule=_TEXT, township=_TEXT, village=_TEXT,
    said=_TEXT, reason=_TEXT, whereabouts=_TEXT,
)

# schemas.indicators per area. level: county | township | village | school; denominator null where the figure is a count, or where what
# it needs is not there.
INDICATORS_TABLE = _table(
    as_of=_DATE, level=_TEXT, township=_TEXT, village=_TEXT, school=_TEXT, code=_TEXT, numerator=_INT, denominator=_INT, share=_REAL,
)

# The townships' red and black list, all nights so far. week: the Thursday that ends it; standing: red | black | null; streak: weeks
# on end with that standing.
STANDINGS_TABLE = _table(
    as_of=_DATE, week=_DATE, township=_TEXT, listed=_INT, due=_INT, open_share=_REAL, county_open=_REAL, cleared=_INT, clearance=_REAL,
    county_clearance=_REAL, standing=_TEXT, streak=_INT,
)

# The memory by which a person keeps its id from night to night: every key that a person ever had. before: whose key it was
# before it moved, so that persons who were one for a while get their ids back.
PERSON_KEYS_TABLE = _table(key=_TEXT, person_id=_TEXT, before=_TEXT)

# What happened to person ids. merged: person_id is gone, its records are other_person_id's. split: some of its records (keys of
# them) have become other_person_id's. known_again: the ID number of person_id (and of other_person_id, the same) is another, and the person
# was recognised by name, birthdate and village.
PERSON_EVENTS_TABLE = _table(as_of=_DATE, event=_TEXT, person_id=_TEXT, other_person_id=_TEXT, keys=_INT)

# Of each listed child's records, what is nearest in the student register, why it was refused, and how likely it is that a
# student record exists and was not found (the same on each line of a record; one line without candidate where there is none).
ABSENCES_TABLE = _table(
    person_id=_TEXT, record_id=_TEXT, source=_TEXT, missed_probability=_REAL, rank=_INT, candidate_id=_TEXT, probability=_REAL,
    refused=_TEXT, evidence_text=_TEXT,
)

TABLES = {
    "files": FILES_TABLE, "records": RECORDS_TABLE, "quarantine": QUARANTINE_TABLE, "notices": NOTICES_TABLE, "warnings": WARNINGS_TABLE,
    "repairs": REPAIRS_TABLE, "profiles": PROFILES_TABLE, "drift": DRIFT_TABLE, "links": LINKS_TABLE, "verdicts": VERDICTS_TABLE,
    "identities": IDENTITIES_TABLE, "persons": PERSONS_TABLE, "findings": FINDINGS_TABLE, "unaccounted": UNACCOUNTED_TABLE,
    "case_log": CASE_LOG_TABLE, "cases": CASES_TABLE, "changes": CHANGES_TABLE, "indicators": INDICATORS_TABLE, "standings": STANDINGS_TABLE,
    "person_keys": PERSON_KEYS_TABLE, "person_events": PERSON_EVENTS_TABLE, "absences": ABSENCES_TABLE,
}
