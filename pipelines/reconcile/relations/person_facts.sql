-- One row per person, grown-ups too: what its records have, taken together.
-- name to phone: each the value of the record with the lowest precedence that has one; the township one of the county's, where a record
-- has one. local: in a register that this county keeps of its
-- residents. primary_by_entry: six years after the entry to primary school, if primary school has ended (a date of entry may be that of a
-- transfer). primary_ended_year, junior_ended_year: of the summer in which a graduate's stage ended. …_in_cohort: a birthdate of the cohort;
-- registered_birthdate and registered_id: in the household register; other_id: in a valid ID elsewhere, where the register has no valid one.
-- record_…: the record that a row of the decision table rests on.
-- reported_on: the last day on which a township reported that the person is in the village and in no school.
-- A condition is a case within the aggregate, and registries are first bits: a filter, or a string a person, takes DuckDB a third longer.
-- needs: person_records, registries
-- parameters: as_of, county, cohort_start, cohort_end
-- gives: person_id varchar, name varchar, id_number varchar, birthdate date, sex varchar, ethnicity varchar, township varchar,
--     village varchar, guardian varchar, phone varchar, local boolean, student_county varchar, registries varchar, record_count integer,
--     registered boolean, register_open boolean, register_deceased boolean, home_taught boolean, in_school boolean, suspended boolean, junior_graduate_record boolean,
--     has_finished_primary boolean, junior_record boolean, dropped_out boolean, dropped_out_on date, reported_absent_on date, reported_back_on date, reported_on date, reported_found boolean, any_student_record boolean, severe_certificate boolean,
--     primary_ended_year bigint, primary_by_entry integer, junior_ended_year bigint, poverty boolean, disability_type varchar,
--     disability_level varchar, school_claim varchar, dropout_reason varchar, child_of_household boolean, registered_birth date,
--     other_id_in_cohort boolean, registered_birthdate_in_cohort boolean, any_birthdate_in_cohort boolean, registered_id_in_cohort boolean,
--     record_register varchar, record_home_taught varchar, record_in_school varchar, record_suspended varchar,
--     record_finished_junior varchar, record_finished_primary varchar, record_dropped_out varchar, record_severe_certificate varchar,
--     student_state varchar, school varchar, grade varchar
-- key: person_id
with registry_places as (
    select registry, row_number() over (order by registry) as place from registries
), facts as materialized (  -- registries: a bit each
    select person_id,
        arg_min(name, precedence) as name,
        arg_min(id_number, precedence) as id_number,
        arg_min(birthdate, precedence) as birthdate,
        arg_min(sex, precedence) as sex,
        arg_min(ethnicity, precedence) as ethnicity,
        coalesce(arg_min(case when official_township then township end, precedence), arg_min(township, precedence)) as township,
        arg_min(village, precedence) as village,
        arg_min(guardian, precedence) as guardian,
        arg_min(phone, precedence) as phone,
        coalesce(bool_or(role in ('household', 'poverty', 'disability', 'report')), false) as local,
        coalesce(max(case when role = 'student' and hukou_county = $county then hukou_county end),
            max(case when role = 'student' then hukou_county end)) as student_county,
        bit_or(1 << r.place) as registries,
        count(*)::int as record_count,
        bool_or(role = 'household') as registered,
        coalesce(bool_or(register_state = 'normal'), false) as register_open,
        coalesce(bool_or(register_state = 'deceased'), false) as register_deceased,
        coalesce(bool_or(student_state = 'in_school' and study_mode = 'home_taught'), false) as home_taught,
        -- A kindergarten is no school of compulsory education.
        coalesce(bool_or(student_state = 'in_school' and level is distinct from 'preschool'), false) as in_school,
        -- A child that left for good after the suspension is not suspended.
        coalesce(bool_or(student_state = 'suspended' and level is distinct from 'preschool'), false) and not coalesce(
            max(case when student_state in ('dropped_out', 'transferred_out', 'missing', 'void') then state_date end)
                > max(case when student_state = 'suspended' then state_date end), false) as suspended,
        coalesce(bool_or(finishes_junior), false) as junior_graduate_record,
        coalesce(bool_or(finishes_primary), false) as has_finished_primary,
        coalesce(bool_or(role = 'student' and level not in ('primary', 'preschool')), false) as junior_record,
        coalesce(bool_or(student_state = 'dropped_out'), false) as dropped_out,
        max(case when student_state = 'dropped_out' then state_date end) as dropped_out_on,
        max(case when report_state = 'absent' then state_date end) as reported_absent_on,
        max(case when report_state = 'back' then state_date end) as reported_back_on,
        max(case when report_state in ('absent', 'found') then state_date end) as reported_on,
        coalesce(bool_or(report_state = 'found'), false) as reported_found,
        bool_or(role = 'student') as any_student_record,
        coalesce(bool_or(role = 'disability' and certificate_state = 'valid' and disability_level in ('1', '2')), false) as severe_certificate,
        max(case when finishes_primary then finished_year end) as primary_ended_year,
        max(case when finishes_primary then try_cast(left(entry_month, 4) as int) + 6 end) as primary_by_entry,
        max(case when finishes_junior then finished_year end) as junior_ended_year,
        coalesce(bool_or(role = 'poverty'), false) as poverty,
        arg_min(case when role = 'disability' and certificate_state = 'valid' then disability_type end, record_id) as disability_type,
        min(case when role = 'disability' and certificate_state = 'valid' then disability_level end) as disability_level,
        min(case when role = 'poverty' then school_claim end) as school_claim,
        min(case when role = 'poverty' then dropout_reason end) as dropout_reason,
        bool_or(relation is not null and role = 'poverty' and regexp_matches(relation, '子|女|孙|侄|甥|弟|妹')) as child_of_household,
        least(
            min(case when role = 'household' then birthdate end),
            -- A day still to come in an ID is an error, and must not stand for the birthdate of a child who has none.
            min(case when role = 'household' and id_status = 'valid' and birthdate_of_id <= $as_of then birthdate_of_id end),
            -- If the register's own number is not valid, a valid one elsewhere is taken.
            case when bool_or(role = 'household') and not coalesce(bool_or(role = 'household' and id_status = 'valid'), false)
                then min(case when id_status in ('valid', 'certificate') and birthdate_of_id <= $as_of then birthdate_of_id end) end
        ) as registered_birth,
        bool_or(birthdate_of_id between $cohort_start and $cohort_end and id_status in ('valid', 'certificate'))
            and not coalesce(bool_or(role = 'household' and id_status = 'valid'), false) as other_id_in_cohort,
        bool_or(birthdate between $cohort_start and $cohort_end and role = 'household') as registered_birthdate_in_cohort,
        bool_or(birthdate between $cohort_start and $cohort_end) as any_birthdate_in_cohort,
        bool_or(birthdate_of_id between $cohort_start and $cohort_end and role = 'household') as registered_id_in_cohort,
        min(case when role = 'household' then record_id end) as record_register,
        min(case when student_state = 'in_school' and study_mode = 'home_taught' then record_id end) as record_home_taught,
        min(case when student_state = 'in_school' and level is distinct from 'preschool' then record_id end) as record_in_school,
        min(case when student_state = 'suspended' then record_id end) as record_suspended,
        min(case when finishes_junior then record_id end) as record_finished_junior,
        min(case when finishes_primary then record_id end) as record_finished_primary,
        min(case when student_state = 'dropped_out' then record_id end) as record_dropped_out,
        min(case when role = 'disability' then record_id end) as record_severe_certificate,
        arg_max(case when role = 'student' then student_state end,
            (student_state = 'in_school', coalesce(state_date, date '1900-01-01'), record_id)) as student_state,
        arg_max(case when role = 'student' then school end,
            (student_state = 'in_school', coalesce(state_date, date '1900-01-01'), record_id)) as school,
        arg_max(case when role = 'student' then grade end,
            (student_state = 'in_school', coalesce(state_date, date '1900-01-01'), record_id)) as grade
    from person_records join registry_places r using (registry) group by person_id
), registry_sets as (
    select s.registries, string_agg(r.registry, ',' order by r.registry) as listed
    from (select distinct registries from facts) s join registry_places r on s.registries & (1 << r.place) > 0
    group by s.registries
)
select f.* replace (s.listed as registries) from facts f join registry_sets s using (registries)
