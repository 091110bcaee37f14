-- The ID number of a record is a relative's: once for each person, registry and number.
-- needs: relatives_ids, valid_ids, person_records
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: record_id_a, value_a
select r.person_id, '身份证号' as field, r.record_id as record_id_a, r.number as value_a, v.record_id as record_id_b,
    v.number as value_b, case when v.number is not null then 'b' end as favoured,
    case when v.number is not null then 'own_id_elsewhere' else 'household_book' end as basis, null::varchar as basis_detail,
    '登记的是' || r.whose || '的证件号' as message
from relatives_ids r
left join valid_ids v on v.person_id = r.person_id and v.number <> r.number
join person_records m on m.record_id = r.record_id
qualify row_number() over (partition by r.person_id, m.registry, r.number order by r.record_id, r.whose) = 1
