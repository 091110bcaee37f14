-- The student record of a child of the cohort is marked deceased, and its household registration is open.
-- needs: persons, preferred_records
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: record_id_a, record_id_b
select p.person_id, '学籍状态' as field, s.record_id as record_id_a, '死亡' as value_a, h.record_id as record_id_b,
    '户籍正常' as value_b, null::varchar as favoured, 'systems_opposed' as basis, null::varchar as basis_detail, null::varchar as message
from persons p
join preferred_records s on s.person_id = p.person_id and s.student_state = 'deceased'
join preferred_records h on h.person_id = p.person_id and h.register_state = 'normal'
where p.in_cohort
