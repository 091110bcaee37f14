-- The mark of a student record in school or of an aid list differs from the poverty system's register of people: one finding a child, the
-- student record's mark before the aid system's. Two aid systems with opposite marks are the rule aid_systems_differ.
-- needs: active_records, person_records, possible_roles
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id
select s.person_id, '建档立卡' as field, s.record_id as record_id_a, case s.poverty when 'yes' then '是' else '否' end as value_a,
    g.record_id as record_id_b, case when g.record_id is null then '国扶无此人' else '是' end as value_b,
    'b' as favoured, 'poverty_register' as basis, null::varchar as basis_detail,
    case when bool_or(s.role = 'student') over same and bool_or(s.role = 'aid') over same then '学籍和资助系统相同' end as message
from (select * from active_records where poverty is not null
    and (role = 'student' and student_state = 'in_school' or role = 'aid' and person_id not in (
        select person_id from person_records where role = 'aid' group by person_id having count(distinct poverty) > 1))) s
left join (select person_id, min(record_id) as record_id from person_records where role = 'poverty' group by person_id) g using (person_id)
where (s.poverty = 'yes') <> (g.record_id is not null) and exists (select 1 from person_records where role = 'poverty')
    and (g.record_id is not null or s.person_id not in (select person_id from possible_roles where role = 'poverty'))
window same as (partition by s.person_id)
qualify row_number() over (partition by s.person_id order by s.precedence) = 1
