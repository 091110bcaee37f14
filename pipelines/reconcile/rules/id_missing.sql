-- A registry has no ID number for a person, or a number of another kind in its place: once for each registry.
-- needs: person_records, valid_ids
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: record_id_a
select r.person_id, '身份证号' as field, r.record_id as record_id_a, null::varchar as value_a, v.record_id as record_id_b, v.number as value_b,
    case when v.number is not null then 'b' end as favoured,
    case when v.number is not null then 'valid_id_elsewhere' else 'no_id_anywhere' end as basis, null::varchar as basis_detail,
    case when r.id_status = 'other_document' then '填的是临时编号或其他证件的号码' end as message
from person_records r left join valid_ids v using (person_id)
where r.id_status in ('missing', 'other_document') or r.id_status = 'certificate' and typed_id(r.id_raw) = ''
qualify row_number() over (partition by r.person_id, r.registry order by r.record_id) = 1
