-- The poverty system has a child out of school, and a student record has it in school. The poverty system is updated once a year, so the first
-- year at school may be missing there. An export without the column is evidence of nothing.
-- needs: person_records, persons, school_claim_names
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id
select r.person_id, '在校生状况' as field, r.record_id as record_id_a,
    coalesce(r.dropout_reason, n.name, '空') as value_a, p.evidence_record_id as record_id_b, '在读' as value_b,
    null::varchar as favoured, 'enrolment_is_no_proof' as basis, null::varchar as basis_detail, null::varchar as message
from person_records r
join persons p using (person_id)
left join school_claim_names n on n.code = r.school_claim
where r.role = 'poverty' and p.whereabouts_rule = 'student_record_open' and p.due
    and (r.school_claim = 'none' or r.dropout_reason is not null
        or r.school_claim = 'preschool' and p.due_from + interval 2 year <= p.as_of
        or r.school_claim is null and exists (select 1 from person_records where role = 'poverty' and school_claim is not null))
    and (r.dropout_reason is not null or not exists (
        select 1 from person_records o where o.person_id = r.person_id and o.role = 'poverty' and o.school_claim not in ('none', 'preschool')))
qualify row_number() over (partition by r.person_id order by r.dropout_reason is null, r.record_id) = 1
