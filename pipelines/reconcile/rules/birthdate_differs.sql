-- Two registries have different birthdates for a person, and neither is merely what a wrong ID number implies: the second one's unreliable
-- number (unreliable_numbers), or the first one's where the second agrees with the person's valid ID. What agrees with the valid ID is no
-- error of another number, and is favoured.
-- needs: differing_values, valid_ids, unreliable_numbers, person_records
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id, value_b
select d.person_id, '出生日期' as field, d.record_id_a, d.value_a, d.record_id_b, d.value_b,
    case when agree_a and not agree_b then 'a' when agree_b and not agree_a then 'b' else d.favoured end as favoured,
    case when agree_a <> agree_b then 'agrees_with_id' else d.basis end as basis, d.basis_detail,
    case when d.votes_b > 1 then d.systems_b || '登记为后一值' end as message
from (
    select d.*, coalesce(birthdate_in_id(v.number)::varchar = d.value_a, false) as agree_a,
        coalesce(birthdate_in_id(v.number)::varchar = d.value_b, false) as agree_b
    from differing_values d left join valid_ids v using (person_id)
    where d.field = 'birthdate'
) d
where case
    when agree_b then not exists (
        select 1 from person_records r where r.record_id = d.record_id_a and birthdate_in_id(r.id_column)::varchar = d.value_a)
    else not exists (
        select 1 from unreliable_numbers n where n.record_id = d.record_id_b and birthdate_in_id(n.number)::varchar = d.value_b)
    end
