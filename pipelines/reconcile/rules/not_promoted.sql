-- A child finished primary school and a month into the autumn term has no junior school record, nor one that is likely its own (plan,
-- part 3 (四) 3 ④).
-- needs: persons, possible_roles
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id
select person_id, '升学' as field, evidence_record_id as record_id_a, '小学毕业' as value_a, null::varchar as record_id_b,
    '无初中学籍' as value_b, null::varchar as favoured, 'trace_child' as basis, null::varchar as basis_detail, null::varchar as message
from persons
where whereabouts = 'not_promoted' and person_id not in (select person_id from possible_roles where role = 'student')
