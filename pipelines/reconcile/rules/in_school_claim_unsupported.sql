-- The poverty system has a listed child at school, and the child has no student record in school.
-- needs: person_records, persons, school_claim_names, whereabouts_codes, possible_roles
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: record_id_a
select r.person_id, '在校生状况' as field, r.record_id as record_id_a, n.name as value_a, null::varchar as record_id_b,
    '无在读学籍' as value_b, 'b' as favoured, 'claim_is_no_proof' as basis, null::varchar as basis_detail, null::varchar as message
from person_records r
join persons p using (person_id)
join whereabouts_codes w on w.code = p.whereabouts and w.listed
join school_claim_names n on n.code = r.school_claim
where r.role = 'poverty' and r.school_claim not in ('none', 'preschool')
    and p.person_id not in (select person_id from possible_roles where role = 'student')
