-- A student record has been suspended for a year or more.
-- needs: persons, person_records
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id
select p.person_id, '学籍变动日期' as field, p.evidence_record_id as record_id_a, r.state_date::varchar as value_a,
    null::varchar as record_id_b, '休学已满一年' as value_b, null::varchar as favoured, 'suspension_limit' as basis,
    null::varchar as basis_detail, null::varchar as message
from persons p join person_records r on r.record_id = p.evidence_record_id
where p.whereabouts = 'suspended' and r.state_date + interval 1 year <= p.as_of
