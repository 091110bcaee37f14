-- One row per person, grown-ups too: the published table persons (schemas.tables) and, for later relations, what the poverty system says
-- (dropout_reason), any_student_record, junior_ended_year (year of the summer in which junior school ended), due_from and as_of.
-- needs: person_facts, person_circumstances, decisions_that_hold, decisions, grades
-- gives: person_id varchar, name varchar, id_number varchar, birthdate date, sex varchar, ethnicity varchar, hukou_county varchar,
--     township varchar, village varchar, guardian varchar, phone varchar, in_cohort boolean, whereabouts varchar, whereabouts_rule varchar,
--     evidence_record_id varchar, responsible_township varchar, poverty boolean, disability_type varchar, disability_level varchar,
--     school varchar, grade varchar, grade_number integer, student_state varchar, school_claim varchar, conditions varchar, registries varchar, records integer,
--     due boolean, dropout_reason varchar, any_student_record boolean, junior_ended_year bigint, due_from date, as_of date
-- key: person_id
select f.person_id, f.name, f.id_number, f.birthdate, f.sex, f.ethnicity, c.hukou_county, f.township, f.village, f.guardian, f.phone, c.in_cohort,
    case when c.in_cohort then d.whereabouts end as whereabouts,
    case when c.in_cohort then d.rule end as whereabouts_rule,
    case when c.in_cohort then case d.evidence
        when 'register' then record_register
        when 'home_taught' then record_home_taught
        when 'in_school' then record_in_school
        when 'suspended' then record_suspended
        when 'finished_junior' then record_finished_junior
        when 'finished_primary' then record_finished_primary
        when 'dropped_out' then record_dropped_out
        when 'severe_certificate' then record_severe_certificate
    end end as evidence_record_id,
    f.township as responsible_township, f.poverty, f.disability_type, f.disability_level, f.school, f.grade, g.number as grade_number, f.student_state, f.school_claim,
    -- The last row of the table always holds and is named only where no other does.
    case when c.in_cohort then array_to_string(if(len(h.codes) > 1, h.codes[:-2], h.codes), ',') end as conditions,
    f.registries, f.record_count as records, coalesce(c.due_from <= c.as_of, c.in_cohort) as due,
    f.dropout_reason, f.any_student_record, f.junior_ended_year, c.due_from, c.as_of
from person_facts f
join person_circumstances c using (person_id)
join decisions_that_hold h using (person_id)
left join decisions d on d.rule = h.codes[1]
left join grades g on g.grade = f.grade
order by f.person_id
