-- The household registration of a child is closed by death or cancelled, and its student record is open.
-- needs: persons, preferred_records, person_records, register_state_names
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: record_id_b
select p.person_id, '户籍状态' as field, p.evidence_record_id as record_id_a, coalesce(n.name, '已注销') as value_a,
    s.record_id as record_id_b, '在读' as value_b, 'a' as favoured, 'legal_record' as basis, null::varchar as basis_detail,
    null::varchar as message
from persons p
join preferred_records s on s.person_id = p.person_id and s.role = 'student' and s.student_state = 'in_school'
left join person_records h on h.record_id = p.evidence_record_id
left join register_state_names n on n.code = h.register_state
where p.whereabouts = 'left_register' and h.register_state is distinct from 'moved_out'
