-- A student record in school names a disability, or the poverty system has a certificate's number, and the disability federation has no
-- record of the person.
-- needs: preferred_records, person_records, possible_roles
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: record_id_a
select s.person_id, '残疾类别' as field, s.record_id as record_id_a, s.disability_type as value_a,
    null::varchar as record_id_b, '残联无此人' as value_b, null::varchar as favoured, 'see_certificate' as basis,
    null::varchar as basis_detail, null::varchar as message
from preferred_records s
where s.role = 'student' and s.student_state = 'in_school' and s.disability_type <> '无'
    and not exists (select 1 from person_records d where d.person_id = s.person_id and d.role = 'disability')
    and exists (select 1 from person_records where role = 'disability')
union all
select g.person_id, '残疾证号', g.record_id, g.certificate_number, null, '残联无此人', null, 'see_certificate', null, '国扶登记了残疾证号'
from preferred_records g
where g.role = 'poverty' and length(g.certificate_number) >= 20
    and g.person_id not in (select person_id from person_records where role = 'disability' or role = 'student' and disability_type <> '无')
    and g.person_id not in (select person_id from possible_roles where role = 'disability')
    and exists (select 1 from person_records where role = 'disability')
