-- One row per person, grown-ups too: what its records have, taken together.
-- name to phone: each the value of the record with the lowest precedence that has one. local: in a register that this county keeps of its
-- residents. primary_by_entry: six years after the entry to primary school, if primary school has ended (a date of entry may be that of a
-- transfer). primary_ended_year, junior_ended_year: of the summer in which a graduate's stage ended. …_in_cohort: a birthdate of the cohort;
-- registered_birthdate and registered_id: in the household register; other_id: in a valid ID elsewhere, where the register has no valid one.
-- record_…: the record that a row of the decision table rests on.
-- needs: person_records
-- parameters: county, cohort_start, cohort_end
-- gives: person_id varchar, name varchar, id_number varchar, birthdate date, sex varchar, ethnicity varchar, township varchar,
--     village varchar, guardian varchar, phone varchar, local boolean, student_county varchar, registries varchar, record_count integer,
--     registered boolean, register_open boolean, home_taught boolean, in_school boolean, suspended boolean, junior_graduate_record boolean,
--     has_finished_primary boolean, junior_record boolean, dropped_out boolean, any_student_record boolean, severe_certificate boolean,
--     primary_ended_year bigint, primary_by_entry integer, junior_ended_year bigint, poverty boolean, disability_type varchar,
--     disability_level varchar, school_claim varchar, dropout_reason varchar, child_of_household boolean, registered_birth date,
--     other_id_in_cohort boolean, registered_birthdate_in_cohort boolean, any_birthdate_in_cohort boolean, registered_id_in_cohort boolean,
--     record_register varchar, record_home_taught varchar, record_in_school varchar, record_suspended varchar,
--     record_finished_junior varchar, record_finished_primary varchar, record_dropped_out varchar, record_severe_certificate varchar,
--     student_state varchar, school varchar, grade varchar
-- key: person_id
select person_id,
    arg_min(name, precedence) filter (name is not null) as name,
    arg_min(id_number, precedence) filter (id_number is not null) as id_number,
    arg_min(birthdate, precedence) filter (birthdate is not null) as birthdate,
    arg_min(sex, precedence) filter (sex is not null) as sex,
    arg_min(ethnicity, precedence) filter (ethnicity is not null) as ethnicity,
    arg_min(township, precedence) filter (township is not null) as township,
    arg_min(village, precedence) filter (village is not null) as village,
    arg_min(guardian, precedence) filter (guardian is not null) as guardian,
    arg_min(phone, precedence) filter (phone is not null) as phone,
    coalesce(bool_or(role in ('household', 'poverty', 'disability')), false) as local,
    coalesce(max(hukou_county) filter (role = 'student' and hukou_county = $county), max(hukou_county) filter (role = 'student'))
        as student_county,
    string_agg(distinct registry, ',' order by registry) as registries,
    count(*)::int as record_count,
    bool_or(role = 'household') as registered,
    coalesce(bool_or(register_state = 'normal'), false) as register_open,
    coalesce(bool_or(student_state = 'in_school' and study_mode = 'home_taught'), false) as home_taught,
    -- A kindergarten is no school of compulsory education.
    coalesce(bool_or(student_state = 'in_school' and level is distinct from 'preschool'), false) as in_school,
    -- A child that left for good after the suspension is not suspended.
    coalesce(bool_or(student_state = 'suspended' and level is distinct from 'preschool'), false) and not coalesce(
        max(state_date) filter (student_state in ('dropped_out', 'transferred_out', 'missing', 'void'))
            > max(state_date) filter (student_state = 'suspended'), false) as suspended,
    coalesce(bool_or(finishes_junior), false) as junior_graduate_record,
    coalesce(bool_or(finishes_primary), false) as has_finished_primary,
    coalesce(bool_or(role = 'student' and level not in ('primary', 'preschool')), false) as junior_record,
    coalesce(bool_or(student_state = 'dropped_out'), false) as dropped_out,
    bool_or(role = 'student') as any_student_record,
    coalesce(bool_or(role = 'disability' and certificate_state = 'valid' and disability_level in ('1', '2')), false)
        as severe_certificate,
    max(finished_year) filter (finishes_primary) as primary_ended_year,
    max(try_cast(left(entry_month, 4) as int) + 6) filter (finishes_primary) as primary_by_entry,
    max(finished_year) filter (finishes_junior) as junior_ended_year,
    coalesce(bool_or(role = 'poverty'), false) as poverty,
    arg_min(disability_type, record_id) filter (role = 'disability' and certificate_state = 'valid') as disability_type,
    min(disability_level) filter (role = 'disability' and certificate_state = 'valid') as disability_level,
    min(school_claim) filter (role = 'poverty') as school_claim,
    min(dropout_reason) filter (role = 'poverty') as dropout_reason,
    bool_or(relation is not null and role = 'poverty' and regexp_matches(relation, '子|女|孙|侄|甥|弟|妹')) as child_of_household,
    least(
        min(birthdate) filter (role = 'household'),
        min(birthdate_of_id) filter (role = 'household' and id_status = 'valid'),
        -- If the register's own number is not valid, a valid one elsewhere is taken.
        case when bool_or(role = 'household') and not coalesce(bool_or(role = 'household' and id_status = 'valid'), false)
            then min(birthdate_of_id) filter (id_status in ('valid', 'certificate')) end
    ) as registered_birth,
    bool_or(birthdate_of_id between $cohort_start and $cohort_end and id_status in ('valid', 'certificate'))
        and not coalesce(bool_or(role = 'household' and id_status = 'valid'), false) as other_id_in_cohort,
    bool_or(birthdate between $cohort_start and $cohort_end and role = 'household') as registered_birthdate_in_cohort,
    bool_or(birthdate between $cohort_start and $cohort_end) as any_birthdate_in_cohort,
    bool_or(birthdate_of_id between $cohort_start and $cohort_end and role = 'household') as registered_id_in_cohort,
    min(record_id) filter (role = 'household') as record_register,
    min(record_id) filter (student_state = 'in_school' and study_mode = 'home_taught') as record_home_taught,
    min(record_id) filter (student_state = 'in_school' and level is distinct from 'preschool') as record_in_school,
    min(record_id) filter (student_state = 'suspended') as record_suspended,
    min(record_id) filter (finishes_junior) as record_finished_junior,
    min(record_id) filter (finishes_primary) as record_finished_primary,
    min(record_id) filter (student_state = 'dropped_out') as record_dropped_out,
    min(record_id) filter (role = 'disability') as record_severe_certificate,
    arg_max(student_state, (student_state = 'in_school', coalesce(state_date, date '1900-01-01'), record_id))
        filter (role = 'student') as student_state,
    arg_max(school, (student_state = 'in_school', coalesce(state_date, date '1900-01-01'), record_id))
        filter (role = 'student') as school,
    arg_max(grade, (student_state = 'in_school', coalesce(state_date, date '1900-01-01'), record_id))
        filter (role = 'student') as grade
from person_records group by person_id
