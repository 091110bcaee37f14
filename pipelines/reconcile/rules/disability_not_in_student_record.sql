-- A child has a valid certificate of disability, and its student record in school names no disability, though the registry has the column.
-- needs: valid_certificates, preferred_records, person_records
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: record_id_a, record_id_b
select d.person_id, '残疾类别' as field, d.record_id as record_id_a, disability_words(d.disability_type, d.disability_level) as value_a,
    s.record_id as record_id_b, coalesce(s.disability_type, '空') as value_b, 'a' as favoured, 'certificate_valid' as basis,
    null::varchar as basis_detail, null::varchar as message
from valid_certificates d
join preferred_records s on d.person_id = s.person_id and s.role = 'student' and s.student_state = 'in_school'
where coalesce(s.disability_type, '无') = '无'
    and exists (select 1 from person_records x where x.registry = s.registry and x.disability_type is not null)
