-- One row per record, with its person and details; the state of a replaced student record is 'replaced'.
-- id_column, birthdate_column, sex_column, township_column: the value as the export's own column has it, not as read off an ID; of an ID
-- whose check digit or date does not fit, the whole number as typed. finishes_primary, finishes_junior: graduated from that stage; a
-- grade that is not the last of its stage finishes nobody. birthdate_of_id: as the ID number has it.
-- official_township: the township is one of the county's, and not a text that is in no table of divisions.
-- needs: records, record_details, replaced_records, county_townships
-- gives: record_id varchar, person_id varchar, registry varchar, role varchar, precedence bigint, file varchar, sheet varchar, row integer,
--     name varchar, former_name varchar, id_number varchar, id_raw varchar, id_status varchar, birthdate date, birthdate_from varchar,
--     sex varchar, sex_from varchar, ethnicity varchar, hukou_county varchar, township varchar, village varchar, guardian varchar,
--     phone varchar, household varchar, relation varchar, school varchar, level varchar, grade varchar, entry_month varchar,
--     student_number varchar, provincial_number varchar, student_state varchar, state_date date, study_mode varchar,
--     finished_year bigint, poverty varchar, school_claim varchar, dropout_reason varchar, certificate_number varchar,
--     certificate_state varchar, disability_type varchar, disability_level varchar, health varchar, register_state varchar,
--     report_state varchar, aid_item varchar, aid_amount double, aid_term varchar, aid_paid varchar, hardship varchar, low_income varchar, destitute varchar, orphan varchar, disability_flag varchar,
--     id_column varchar, birthdate_column varchar, sex_column varchar, township_column varchar, birthdate_of_id date,
--     finishes_primary boolean, finishes_junior boolean, official_township boolean
-- key: record_id
select r.record_id, d.person_id, r.registry, d.role, d.precedence, r.file, r.sheet, r.row,
    r.name, r.former_name, r.id_number, r.id_raw, r.id_status, r.birthdate, r.birthdate_from, r.sex, r.sex_from, r.ethnicity, r.hukou_county,
    r.township, r.village, r.guardian, r.phone, r.household, r.relation, r.school, d.level, r.grade, r.entry_month, r.student_number,
    r.provincial_number, if(p.record_id is not null, 'replaced', r.student_state) as student_state, r.state_date, r.study_mode, d.finished_year, r.poverty,
    r.school_claim, r.dropout_reason, r.certificate_number, r.certificate_state, r.disability_type, r.disability_level, r.health,
    r.register_state, r.report_state, r.aid_item, r.aid_amount, r.aid_term, r.aid_paid, r.hardship, r.low_income, r.destitute, r.orphan, r.disability_flag,
    coalesce(r.id_number, case when r.id_status in ('bad_check', 'bad_date') and regexp_full_match(typed_id(r.id_raw), '[0-9]{17}[0-9X]')
        then typed_id(r.id_raw) end) as id_column,
    case when r.birthdate_from = 'column' then r.birthdate::varchar end as birthdate_column,
    case when r.sex_from = 'column' then r.sex end as sex_column,
    case when d.role in ('household', 'poverty', 'disability') then t.township end as township_column,
    birthdate_in_id(r.id_number) as birthdate_of_id,
    p.record_id is null and r.student_state = 'graduated' and d.level = 'primary'
        and not coalesce(regexp_matches(r.grade, '^(小学)?([一二三四1-4])([^0-9]|$)'), false) as finishes_primary,
    p.record_id is null and r.student_state = 'graduated' and d.level not in ('primary', 'preschool')
        and not coalesce(regexp_matches(r.grade, '^(初中)?([一二五六七八125678])([^0-9]|$)|^初[一二12]') and d.level = 'junior', false)
        as finishes_junior,
    t.township is not null as official_township
from records r
join record_details d using (record_id)
left join replaced_records p using (record_id)
left join county_townships t on t.township = r.township
