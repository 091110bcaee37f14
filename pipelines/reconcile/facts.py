"""The facts about each person that the decision table, the findings and the lists are made from, in DuckDB.

``build_persons`` leaves these tables in the connection: ``rec`` (records with person_id, role and precedence: whose word counts first),
``persons`` (one row per person, whereabouts decided); ``grades`` (grade as written, its number 1 to 9, the school year's
first), ``school_places`` (school, the township its name begins with); and the codes' Chinese names: ``titles``,
``state_names``, ``claim_names``, ``certificate_names``, ``register_names`` (code, name).
"""

import re
from datetime import date

import duckdb

from pipelines.intake.places import township_of
from pipelines.intake.values import squeeze
from pipelines.reconcile.decisions import DECISION_TABLE
from schemas.calendar import school_year
from schemas.codes import CERTIFICATE_STATE_NAME, REGISTER_STATE_NAME, SCHOOL_CLAIM_NAME, STUDENT_STATE_NAME
from schemas.registry import registries
from schemas.settings import Cohort
from schemas.whereabouts import WHEREABOUTS_NAME

# Whose word counts first for a person's name, ID, birthdate and home: the police register is the legal record.
_AUTHORITY = ("household", "student", "poverty", "disability", "aid")


# What a pupil of a record attends: as the register, the stage or the grade says; else as the school's name does. A finished stage that
# none of them tells is taken for primary school, which somebody must follow up; a running one goes by age.
_STAGE = """
case
    when k.stage is not null then k.stage
    when student_state = 'graduated' and regexp_matches(grade, '^(小学)?(六|6)') then 'primary'
    when r.stage in ('primary', 'junior', 'preschool', 'senior', 'vocational') then r.stage
    when regexp_matches(grade, '^(学前|学龄前|幼儿|大班|中班|小班)') or contains(school, '幼儿园') then 'preschool'
    when regexp_matches(grade, '^(七|八|九|初|7|8|9)') then 'junior'
    when regexp_matches(grade, '^(一|二|三|四|五|六|小|[1-6])') then 'primary'
    when role = 'student' and regexp_matches(school, '小学|教学点|村小') then 'primary'
    when role = 'student' and regexp_matches(school, '初中|中学') and r.stage is distinct from 'nine_year' and not contains(school, '九年') then 'junior'
    when role = 'student' and student_state = 'graduated' then 'primary'
    when role = 'student' and date_diff('month', birthdate, $as_of) >= 14 * 12 + 6 then 'junior'
    when role = 'student' then 'primary'
end
"""

# The summer a pupil of a finished stage left it, none that is still to come: that of the date of the change (what is entered by May is
# of the summer before). Without a date it is six years after entry or after the September in which the child was due, whichever is
# earlier; a date of entry may be that of a transfer.
_LAST_SUMMER = "case when month($as_of) >= 6 then year($as_of) else year($as_of) - 1 end"
_FINISHED_YEAR = f"""
case when state_date is not null then
    least({_LAST_SUMMER}, case when month(state_date) >= 6 then year(state_date) else year(state_date) - 1 end) end
"""

# Who finished: a grade that is not the last of its stage finishes nobody.
_FINISHED_PRIMARY = "student_state = 'graduated' and level = 'primary' and not coalesce(regexp_matches(grade, '^(小学)?([一二三四1-4])([^0-9]|$)'), false)"
_FINISHED_JUNIOR = """student_state = 'graduated' and level not in ('primary', 'preschool')
        and not coalesce(regexp_matches(grade, '^(初中)?([一二五六七八125678])([^0-9]|$)|^初[一二12]') and level = 'junior', false)"""

_REC = f"""
create temp table rec as
select r.*, i.person_id, k.role, i.precedence, {_STAGE} as level,
    {_FINISHED_YEAR} as finished_year
from records r
join (select record_id, person_id, row_number() over (order by authority, record_id) as precedence
    from identities join ranks using (registry)) i using (record_id)
join ranks k on k.registry = r.registry
"""

# Of one student number at one school the newest word counts: that of the newest file, else of the latest change, else the one that
# sends somebody to look.
_REPLACED = """
update rec set student_state = 'replaced' where record_id in (
    select record_id from (
        select r.record_id, row_number() over (same order by f.dated desc nulls last, r.state_date desc nulls last,
                r.student_state = 'in_school', r.record_id) as place,
            min(r.student_state) over same <> max(r.student_state) over same as differ
        from rec r left join files f on f.registry = r.registry and f.file = r.file and f.sheet = r.sheet
        where r.role = 'student' and r.student_number is not null
        window same as (partition by r.person_id, r.registry, r.student_number, r.school, r.level)
    ) where differ and place > 1)
"""

_BORN_IN_ID = "try_strptime(substr(id_number, 7, 8), '%Y%m%d')::date"

_BEST = ("name", "id_number", "birthdate", "sex", "ethnicity", "township", "village", "guardian", "phone")

_FACTS = """
create temp table facts as
select person_id,
    {best},
    coalesce(bool_or(role in ('household', 'poverty', 'disability')), false) as local,
    coalesce(max(hukou_county) filter (role = 'student' and hukou_county = $county), max(hukou_county) filter (role = 'student'))
        as student_county,
    string_agg(distinct registry, ',' order by registry) as registries,
    count(*)::int as records,
    bool_or(role = 'household') as registered,
    coalesce(bool_or(register_state = 'normal'), false) as register_open,
    coalesce(bool_or(student_state = 'in_school' and study_mode = 'home_taught'), false) as home_taught,
    -- Kindergarten is no school of compulsory education.
    coalesce(bool_or(student_state = 'in_school' and level is distinct from 'preschool'), false) as in_school,
    -- Not where the child left for good since.
    coalesce(bool_or(student_state = 'suspended' and level is distinct from 'preschool'), false) and not coalesce(
        max(state_date) filter (student_state in ('dropped_out', 'transferred_out', 'missing', 'void'))
            > max(state_date) filter (student_state = 'suspended'), false) as suspended,
    coalesce(bool_or({finished_junior}), false) as says_finished_junior,
    coalesce(bool_or({finished_primary}), false) as finished_primary,
    coalesce(bool_or(role = 'student' and level not in ('primary', 'preschool')), false) as junior_record,
    coalesce(bool_or(student_state = 'dropped_out'), false) as dropped_out,
    bool_or(role = 'student') as any_student_record,
    coalesce(bool_or(role = 'disability' and certificate_state = 'valid' and disability_level in ('1', '2')), false)
        as severe_certificate,
    max(finished_year) filter ({finished_primary}) as left_primary,
    max(try_cast(left(entry_month, 4) as int) + 6) filter ({finished_primary}) as primary_by_entry,
    max(finished_year) filter ({finished_junior}) as finished_school,
    coalesce(bool_or(role = 'poverty'), false) as poverty,
    arg_min(disability_type, record_id) filter (role = 'disability' and certificate_state = 'valid') as disability_type,
    min(disability_level) filter (role = 'disability' and certificate_state = 'valid') as disability_level,
    min(school_claim) filter (role = 'poverty') as school_claim,
    min(dropout_reason) filter (role = 'poverty') as dropout_reason,
    bool_or(relation is not null and role = 'poverty' and regexp_matches(relation, '子|女|孙|侄|甥|弟|妹')) as child_of_household,
    least(
        min(birthdate) filter (role = 'household'),
        min({born_in_id}) filter (role = 'household' and id_status = 'valid'),
        -- Where the register's own number cannot be read, a valid one elsewhere stands for it.
        case when bool_or(role = 'household') and not coalesce(bool_or(role = 'household' and id_status = 'valid'), false)
            then min({born_in_id}) filter (id_status in ('valid', 'certificate')) end
    ) as registered_birth,
    bool_or({born_in_id} between $start and $end and id_status in ('valid', 'certificate'))
        and not coalesce(bool_or(role = 'household' and id_status = 'valid'), false) as id_elsewhere_says_cohort,
    bool_or(birthdate between $start and $end and role = 'household') as register_says_cohort,
    bool_or(birthdate between $start and $end) as says_cohort,
    bool_or({born_in_id} between $start and $end and role = 'household') as id_says_cohort,
    min(record_id) filter (role = 'household') as record_register,
    min(record_id) filter (student_state = 'in_school' and study_mode = 'home_taught') as record_home_taught,
    min(record_id) filter (student_state = 'in_school' and level is distinct from 'preschool') as record_in_school,
    min(record_id) filter (student_state = 'suspended') as record_suspended,
    min(record_id) filter ({finished_junior}) as record_finished_junior,
    min(record_id) filter ({finished_primary}) as record_finished_primary,
    min(record_id) filter (student_state = 'dropped_out') as record_dropped_out,
    min(record_id) filter (role = 'disability') as record_severe_certificate,
    arg_max(student_state, (student_state = 'in_school', coalesce(state_date, date '1900-01-01'), record_id))
        filter (role = 'student') as student_state,
    arg_max(school, (student_state = 'in_school', coalesce(state_date, date '1900-01-01'), record_id))
        filter (role = 'student') as school,
    arg_max(grade, (student_state = 'in_school', coalesce(state_date, date '1900-01-01'), record_id))
        filter (role = 'student') as grade,
from rec group by person_id
"""

# A child whose registered date or whose registered ID falls into the cohort is in it: the register may err in one.
_PERSONS = """
create temp table persons as
with judged as (
    select f.*, a.whereabouts as answered, $as_of as as_of,
        make_date(year(born) + case when month(born) >= 9 then 7 else 6 end, 9, 1) as due_from,
        make_date(coalesce(left_primary, least({last_summer}, primary_by_entry, year(born) + case when month(born) >= 9 then 13 else 12 end)), 10, 1)
            as promoted_by,
        -- Nobody has nine years of school behind it at thirteen.
        says_finished_junior and coalesce(date_diff('month', born, $as_of) >= 13 * 12 + 6, true) as finished_junior,
        case
            when registered_birth is not null then coalesce(register_says_cohort, false) or coalesce(id_says_cohort, false)
                or coalesce(id_elsewhere_says_cohort, false)
            when birthdate is not null then says_cohort
            -- On the register, or a child of a poor household, and no day of birth anywhere: somebody must look.
            else registered or child_of_household
        end as born_in_cohort,
        case
            when local then $county
            when student_county is not null then student_county
            -- Known from aid alone: with the police register at hand, whoever is not on it is not registered here.
            when not (select bool_or(role = 'household') from rec) then left(id_number, 6)
        end as hukou_county
    -- Where the register's date and its ID contradict each other, the earlier one counts: due too soon costs a visit,
    -- due too late hides a child for a year.
    from (select *, coalesce(registered_birth, birthdate) as born from facts) f left join answers a using (person_id)
), decided as (
    select *, coalesce(born_in_cohort, false) and coalesce(hukou_county = $county, false) as in_cohort,
        case {rules} end as rule, coalesce(nullif(concat_ws(',', {conditions}), ''), '{otherwise}') as conditions
    from judged
)
select person_id, name, id_number, birthdate, sex, ethnicity, hukou_county, township, village, guardian, phone, in_cohort,
    case when in_cohort then d.code end as whereabouts,
    case when in_cohort then p.rule end as whereabouts_rule,
    case when in_cohort then case d.evidence {evidence} end end as evidence_record_id,
    township as responsible_township, poverty, disability_type, disability_level, school, grade, student_state, school_claim,
    case when in_cohort then conditions end as conditions, registries, records, coalesce(due_from <= as_of, in_cohort) as due,
    dropout_reason, any_student_record, finished_school, due_from, as_of
from decided p join decisions d using (rule)
order by person_id
"""


def build_persons(con: duckdb.DuckDBPyConnection, as_of: date, cohort: Cohort) -> None:
    """Build ``rec`` and ``persons`` from the registered relations ``records``, ``identities``, ``files`` and ``answers``."""
    con.execute("create temp table ranks (registry varchar, role varchar, authority int, stage varchar)")
    ranks = [[r.key, r.role, _AUTHORITY.index(r.role), r.stage] for r in registries().values()]
    con.executemany("insert into ranks values (?, ?, ?, ?)", ranks)
    con.execute("create temp table decisions (rule varchar, code varchar, evidence varchar)")
    con.executemany("insert into decisions values (?, ?, ?)", [[d.rule, d.code, d.evidence] for d in DECISION_TABLE])
    names: dict[str, dict[str, str]] = {
        "titles": {r.key: r.title for r in registries().values()},
        "state_names": STUDENT_STATE_NAME,
        "claim_names": SCHOOL_CLAIM_NAME,
        "certificate_names": CERTIFICATE_STATE_NAME,
        "register_names": REGISTER_STATE_NAME,
        "whereabouts_names": WHEREABOUTS_NAME,
        "decision_words": {d.rule: d.words for d in DECISION_TABLE},
    }
    for table, entries in names.items():
        con.execute(f"create temp table {table} (code varchar, name varchar)")
        con.executemany(f"insert into {table} values (?, ?)", [list(entry) for entry in entries.items()])
    con.execute(_REC, {"as_of": as_of})
    con.execute(_REPLACED)
    best = ",\n    ".join(f"arg_min({c}, precedence) filter ({c} is not null) as {c}" for c in _BEST)
    facts = _FACTS.replace("{best}", best).replace("{born_in_id}", _BORN_IN_ID)
    facts = facts.replace("{finished_junior}", _FINISHED_JUNIOR).replace("{finished_primary}", _FINISHED_PRIMARY)
    con.execute(facts, {"start": cohort.start, "end": cohort.end, "county": cohort.county})
    rules = " ".join(f"when {d.condition} then '{d.rule}'" for d in DECISION_TABLE)
    kinds = sorted({d.evidence for d in DECISION_TABLE if d.evidence})
    evidence = " ".join(f"when '{kind}' then record_{kind}" for kind in kinds)
    *rows, otherwise = DECISION_TABLE
    conditions = ", ".join(f"case when {d.condition} then '{d.rule}' end" for d in rows)
    query = _PERSONS.replace("{rules}", rules).replace("{conditions}", conditions).replace("{otherwise}", otherwise.rule)
    query = query.replace("{evidence}", evidence).replace("{last_summer}", _LAST_SUMMER)
    con.execute(query, {"as_of": as_of, "county": cohort.county})
    _schools(con, as_of)


def _schools(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Grades and schools are few: each is read once."""
    year = school_year(as_of)
    con.execute("create temp table grades (grade varchar, number int, year int)")
    con.execute("create temp table school_places (school varchar, township varchar)")
    written = [
        text for (text,) in con.execute("select distinct grade from rec where role = 'student' and grade is not null").fetchall()
    ]
    numbers = [[text, number, year] for text in sorted(written) if (number := grade_number(text, year)) is not None]
    schools = [
        name
        for (name,) in con.execute("select distinct school from rec where role = 'student' and school is not null").fetchall()
    ]
    places = [[name, township] for name in sorted(schools) if (township := township_of(name))]
    for table, rows in (("grades", numbers), ("school_places", places)):
        if rows:
            con.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)


def grade_number(text: str, year: int) -> int | None:
    """1 to 9 from 三年级, 初二, 小学2015级 (by the year of entry) or 3; 10 to 12 from 高一 to 高三, 0 from 学前班 and 幼儿园; None for
    all else."""
    plain = squeeze(text)
    if match := re.match(r"^(?:普通)?高(?:中)?([一二三123])", plain):
        return 9 + ("一二三".index(match[1]) + 1 if match[1] in "一二三" else int(match[1]))
    if re.match(r"^(学前|学龄前|幼儿|[大中小]班)", plain):
        return 0
    if match := re.match(r"^(小学|初中)?(20\d\d)级", plain):
        number = year - int(match[2]) + 1 + (6 if match[1] == "初中" else 0)
        return number if 1 <= number <= 9 and match[1] else None
    match = re.match(r"^(初中|小学|初|小)?([一二三四五六七八九1-9])(?:年级|$|\D)", plain)
    if match is None:
        return None
    number = int(match[2]) if match[2].isdigit() else "一二三四五六七八九".index(match[2]) + 1
    return number + 6 if match[1] in ("初", "初中") and number <= 3 else number
