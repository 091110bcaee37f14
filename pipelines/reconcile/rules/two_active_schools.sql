-- A person is in school in two student registries (compulsory and vocational).
-- needs: preferred_records
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: record_id_a, record_id_b
select a.person_id, '学籍' as field, a.record_id as record_id_a, a.school as value_a, b.record_id as record_id_b,
    b.school as value_b, null::varchar as favoured, 'ask_school' as basis, null::varchar as basis_detail, '两个学籍系统同时在读' as message
from preferred_records a
join preferred_records b on a.person_id = b.person_id and a.role = 'student' and b.role = 'student'
    and a.registry > b.registry and a.student_state = 'in_school' and b.student_state = 'in_school'
