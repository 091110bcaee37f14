-- The household registration of a child has moved out of the county, and its student record here is open. Schooling does not depend on the
-- register: where the child is registered now must know of it.
-- needs: persons, preferred_records, person_records, register_state_names
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: record_id_b
select p.person_id, '户籍状态' as field, p.evidence_record_id as record_id_a, n.name as value_a, s.record_id as record_id_b,
    '在读' as value_b, null::varchar as favoured, 'schooling_goes_on' as basis, null::varchar as basis_detail, null::varchar as message
from persons p
join preferred_records s on s.person_id = p.person_id and s.role = 'student' and s.student_state = 'in_school'
join person_records h on h.record_id = p.evidence_record_id and h.register_state = 'moved_out'
join register_state_names n on n.code = h.register_state
where p.whereabouts = 'left_register'
