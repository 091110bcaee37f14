-- A person has two student records in school in one registry, under two student numbers, at two schools, or entered twice by one school, which
-- gives each entry a number of its own (学籍辅号). The same row twice is no second status. Each further record against the first.
-- needs: person_records
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: record_id_a, record_id_b
select a.person_id, '学籍' as field, a.record_id as record_id_a, a.school as value_a, b.record_id as record_id_b,
    b.school as value_b, case when a.state_date > b.state_date then 'a' when b.state_date > a.state_date then 'b' end as favoured,
    case when a.state_date <> b.state_date then 'later_change' else 'ask_school' end as basis, null::varchar as basis_detail,
    case when a.student_number = b.student_number and a.school = b.school then '同一学校有两条在读学籍，学籍辅号不同'
        else '一人两条在读学籍' end as message
from person_records a
join person_records b on a.person_id = b.person_id and a.role = 'student' and b.registry = a.registry
    and a.record_id < b.record_id and a.student_state = 'in_school' and b.student_state = 'in_school'
where a.student_number is distinct from b.student_number or a.student_number is null or a.school is distinct from b.school
    or ltrim(a.provincial_number, '0') <> ltrim(b.provincial_number, '0')
qualify dense_rank() over (partition by a.person_id, a.registry order by a.record_id) = 1
