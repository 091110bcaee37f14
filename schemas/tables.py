"""The published tables: DIR/curated/current/*.parquet, column by column.

Dates are dates, IDs are strings, codes are those of ``schemas.codes``, ``schemas.whereabouts`` and ``schemas.rules``.
``file`` is a base name, ``row`` the row number as Excel shows it (CSV: the line's ordinal, header = 1).
"""

import pyarrow as pa

TEXT, DATE, INT, REAL, FLAG = pa.string(), pa.date32(), pa.int32(), pa.float64(), pa.bool_()


def _table(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


# One row per file and sheet taken in, or refused whole. `status`: read | refused | superseded (a newer export holds its rows) |
# stale (an earlier night's, in the place of one that is broken); `dated`: the day it was made; `message` is in Chinese.
# All cells as read, those of unknown columns too: curated/snapshots/r2-<sha256>-<n>.parquet.
FILES = _table(
    registry=TEXT, file=TEXT, sheet=TEXT, sha256=TEXT, status=TEXT, heading_row=INT, dated=DATE,
    rows=INT, accepted=INT, quarantined=INT, message=TEXT,
)

# One row per accepted source row: as standardised, with the raw value beside what was changed.
RECORDS = _table(
    record_id=TEXT, registry=TEXT, file=TEXT, sheet=TEXT, row=INT, source_key=TEXT,
    name=TEXT, name_raw=TEXT, former_name=TEXT,
    # id_number: 18 characters or null. id_status: schemas.codes.. see matching.ids. id_known: the leading digits that
    # survive in a damaged number. id_other: a second, perhaps older ID (from the student number).
    id_number=TEXT, id_raw=TEXT, id_status=TEXT, id_known=TEXT, id_other=TEXT,
    # birthdate_from, sex_from: column | id (taken from the ID because the column is absent or empty).
    birthdate=DATE, birthdate_raw=TEXT, birthdate_from=TEXT, sex=TEXT, sex_from=TEXT, ethnicity=TEXT,
    hukou_county=TEXT, township=TEXT, village=TEXT, address_raw=TEXT,
    guardian=TEXT, kin=TEXT, phone=TEXT, household=TEXT, relation=TEXT,
    school=TEXT, stage=TEXT, grade=TEXT, entry_month=TEXT, student_number=TEXT, student_state=TEXT, state_date=DATE,
    study_mode=TEXT, poverty=TEXT, school_claim=TEXT, dropout_reason=TEXT,
    certificate_number=TEXT, certificate_state=TEXT, disability_type=TEXT, disability_level=TEXT,
    health=TEXT, register_state=TEXT, aid_item=TEXT, aid_amount=REAL, aid_term=TEXT, aid_paid=TEXT, hardship=TEXT,
    low_income=TEXT, destitute=TEXT, orphan=TEXT, disability_flag=TEXT,
)

# One row per refused source row (row, column may be null where a file is refused whole).
QUARANTINE = _table(registry=TEXT, file=TEXT, sheet=TEXT, row=INT, column=TEXT, rule=TEXT, message=TEXT)

# What was accepted and is still worth a word: per file, column and rule, how many rows. No values of persons.
NOTICES = _table(registry=TEXT, file=TEXT, sheet=TEXT, column=TEXT, rule=TEXT, rows=INT, message=TEXT)

# The same row by row: what each check of schemas.checks reports of an accepted row. No values of persons.
WARNINGS = _table(registry=TEXT, file=TEXT, sheet=TEXT, row=INT, column=TEXT, rule=TEXT)

# One row per value that standardising changed: as exported, as it is now (null: taken for missing), under which rule.
REPAIRS = _table(registry=TEXT, file=TEXT, sheet=TEXT, row=INT, column=TEXT, raw=TEXT, standardised=TEXT, rule=TEXT)

# What a night's exports look like, to compare the next with. measure: rows | missing (share of rows without the field) |
# code (rows with that value of a code column, `value` as exported) | heading (1 where it is there, `value` the heading).
PROFILES = _table(registry=TEXT, measure=TEXT, field=TEXT, value=TEXT, amount=REAL)

# How tonight's exports differ from the last published run's. level: alarm | warning | remark.
DRIFT = _table(
    registry=TEXT, measure=TEXT, field=TEXT, value=TEXT, before=REAL, now=REAL, level=TEXT, message=TEXT,
)

# One row per pair. weight in bits (log2 Bayes factor, prior included); evidence: the comparison levels with their
# weights, `field:level:weight` joined by `;`; evidence_text: the same in Chinese. answer: what somebody who looked said of the two.
LINKS = _table(
    record_id_l=TEXT, record_id_r=TEXT, weight=REAL, probability=REAL, decision=TEXT, evidence=TEXT, evidence_text=TEXT, answer=TEXT,
)

# What townships said of pairs on 疑似同一人, kept from run to run. side_a, side_b: the two records as they were shown, a JSON list of
# system, name, ID, birthdate, guardian, village; verdict: same | different | unsure; pairs: rows of the workbook that showed the same.
VERDICTS = _table(
    side_a=TEXT, side_b=TEXT, verdict=TEXT, pairs=INT, said_on=DATE, said_by=TEXT, note=TEXT, file=TEXT, row=INT,
)

IDENTITIES = _table(person_id=TEXT, record_id=TEXT, registry=TEXT, file=TEXT, sheet=TEXT, row=INT)

# One row per person, grown-ups too (in_cohort false, whereabouts null). whereabouts_rule: the row of the decision
# table; evidence_record_id: the record it rests on; conditions: all rows of the table that hold, comma-joined. poverty: in a
# registered-poor household.
PERSONS = _table(
    person_id=TEXT, name=TEXT, id_number=TEXT, birthdate=DATE, sex=TEXT, ethnicity=TEXT, hukou_county=TEXT,
    township=TEXT, village=TEXT, guardian=TEXT, phone=TEXT, in_cohort=FLAG, whereabouts=TEXT, whereabouts_rule=TEXT,
    evidence_record_id=TEXT, conditions=TEXT, responsible_township=TEXT, poverty=FLAG, disability_type=TEXT, disability_level=TEXT,
    school=TEXT, grade=TEXT, student_state=TEXT, school_claim=TEXT, registries=TEXT, records=INT, due=FLAG,
)

# One row per discrepancy. severity: high | medium | low; kind: schemas.rules.KIND_NAME. value_a/b as written by registry_a/b;
# record_id_a/b and address_a/b (system, file, sheet, row) trace them. favoured: a | b, the value that the evidence is for, null
# where it is for neither; why: in Chinese. case_id: see CASES; null in a look back at a past night.
FINDINGS = _table(
    finding_id=TEXT, case_id=TEXT, person_id=TEXT, rule=TEXT, severity=TEXT, field=TEXT, kind=TEXT, registry_a=TEXT, value_a=TEXT,
    registry_b=TEXT, value_b=TEXT, favoured=TEXT, why=TEXT, township=TEXT, village=TEXT, record_id_a=TEXT, record_id_b=TEXT,
    address_a=TEXT, address_b=TEXT, in_cohort=FLAG, message=TEXT,
)

# One row per listed child (whereabouts in schemas.whereabouts.LISTED). hint, candidate: Chinese sentences;
# candidate_record_id: the nearest student record that could not be confirmed; sources: where its records stand.
UNACCOUNTED = _table(
    person_id=TEXT, case_id=TEXT, township=TEXT, village=TEXT, name=TEXT, id_number=TEXT, birthdate=DATE, sex=TEXT, guardian=TEXT,
    phone=TEXT, poverty=FLAG, disability=TEXT, whereabouts=TEXT, reason=TEXT, hint=TEXT, candidate=TEXT,
    candidate_record_id=TEXT, sources=TEXT, first_listed=DATE,
)

# The story of all cases, an entry an event; it only grows. event: opened | changed | answered | closed | reopened. key: what the
# case is about; kind: list | finding; rule: its whereabouts or its rule; registries: the systems it rests on, comma-joined;
# said: the answer, or by what it was closed; content: the values shown, as JSON.
CASE_LOG = _table(
    entry=INT, as_of=DATE, case_id=TEXT, event=TEXT, key=TEXT, kind=TEXT, person_id=TEXT, rule=TEXT, township=TEXT, village=TEXT,
    registries=TEXT, said=TEXT, content=TEXT,
)

# One row per case, as it stands. state: open | answered | closed; since: its last opening; weeks: whole ones since then;
# reopened: how often. A child that was never off the list has one case, however long.
CASES = _table(
    case_id=TEXT, kind=TEXT, person_id=TEXT, rule=TEXT, township=TEXT, village=TEXT, state=TEXT, opened=DATE, since=DATE,
    weeks=INT, answer=TEXT, closed_on=DATE, closed_by=TEXT, reopened=INT, key=TEXT,
)

# What happened to cases since the run before (period run) and since the last Thursday (week).
CHANGES = _table(
    period=TEXT, since=DATE, as_of=DATE, event=TEXT, case_id=TEXT, kind=TEXT, person_id=TEXT, rule=TEXT, township=TEXT, village=TEXT,
    said=TEXT,
)

# schemas.indicators per area. level: county | township | village | school; denominator null where the figure is a count, or where what
# it needs is not there.
INDICATORS = _table(
    as_of=DATE, level=TEXT, township=TEXT, village=TEXT, school=TEXT, code=TEXT, numerator=INT, denominator=INT, share=REAL,
)

# The townships' red and black list, all nights so far. week: the Thursday that ends it; standing: red | black | null; streak: weeks
# on end with that standing.
STANDINGS = _table(
    as_of=DATE, week=DATE, township=TEXT, listed=INT, due=INT, open_share=REAL, county_open=REAL, cleared=INT, clearance=REAL,
    county_clearance=REAL, standing=TEXT, streak=INT,
)

# The memory by which a person keeps its id from night to night: every key a person was ever known by. before: whose key it was
# before it moved, so that persons who were one for a while get their ids back.
PERSON_KEYS = _table(key=TEXT, person_id=TEXT, before=TEXT)

# What befell person ids. merged: person_id is gone, its records are other_person_id's. split: some of its records (keys of
# them) have become other_person_id's.
PERSON_EVENTS = _table(as_of=DATE, event=TEXT, person_id=TEXT, other_person_id=TEXT, keys=INT)

# Of each listed child's records, what is nearest in the student register, why it was refused, and how likely it is that a
# student record exists and was not found (the same on each line of a record; one line without candidate where there is none).
ABSENCES = _table(
    person_id=TEXT, record_id=TEXT, source=TEXT, missed_probability=REAL, rank=INT, candidate_id=TEXT, probability=REAL,
    refused=TEXT, evidence_text=TEXT,
)

TABLES = {
    "files": FILES, "records": RECORDS, "quarantine": QUARANTINE, "notices": NOTICES, "warnings": WARNINGS,
    "repairs": REPAIRS, "profiles": PROFILES, "drift": DRIFT, "links": LINKS, "verdicts": VERDICTS,
    "identities": IDENTITIES, "persons": PERSONS, "findings": FINDINGS, "unaccounted": UNACCOUNTED,
    "case_log": CASE_LOG, "cases": CASES, "changes": CHANGES, "indicators": INDICATORS, "standings": STANDINGS,
    "person_keys": PERSON_KEYS, "person_events": PERSON_EVENTS, "absences": ABSENCES,
}
