-- Aid was paid for a term in which the pupil had no open student record, or to one whose household registration is closed by death. Whoever
-- left school since the term was rightly paid.
-- needs: person_records, payments, persons, possible_roles
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id
with students as (
    select person_id, bool_or(student_state = 'in_school') as in_school,
        max(coalesce(state_date, case when student_state = 'graduated' then make_date(finished_year, 7, 1) end)) as left_on
    from person_records where role = 'student' group by person_id
), deceased as (
    select person_id, min(record_id) as record_id from person_records where role = 'household' group by person_id
    having bool_or(register_state = 'deceased') and not bool_or(register_state = 'normal')
)
select r.person_id, '资助' as field, min(r.record_id) as record_id_a, min(r.aid_item) as value_a, any_value(d.record_id) as record_id_b,
    case when any_value(d.record_id) is null then '无在读学籍' else '户籍死亡注销' end as value_b, 'b' as favoured,
    case when any_value(d.record_id) is null then 'no_open_student_record' else 'legal_record' end as basis, null::varchar as basis_detail,
    case when any_value(d.record_id) is null then '资助已发放而学生无在读学籍' else '资助已发放而学生户籍已死亡注销' end as message
from payments r
join persons p using (person_id)
left join students s using (person_id)
left join deceased d using (person_id)
where r.paid and p.in_cohort and p.person_id not in (select person_id from possible_roles where role = 'student')
    and (d.record_id is not null
        or not coalesce(s.in_school, false) and (s.left_on is null or r.term is null or r.term >= s.left_on))
group by r.person_id
