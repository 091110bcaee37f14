-- Two registries have different sexes for a person, and the second is not merely what a relative's ID number implies. Other unreliable
-- numbers are no excuse here: a typing error changes a birthdate in eight of the 18 characters, the sex in one alone. The sex that
-- agrees with the person's valid ID is favoured.
-- needs: differing_values, valid_ids, relatives_ids
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id, value_b
select d.person_id, '性别' as field, d.record_id_a, d.value_a, d.record_id_b, d.value_b,
    case when agree_a then 'a' when agree_b then 'b' else d.favoured end as favoured,
    case when agree_a or agree_b then 'agrees_with_id' else d.basis end as basis, d.basis_detail,
    case when d.votes_b > 1 then d.systems_b || '登记为后一值' end as message
from (
    select d.*, coalesce(sex_in_id(v.number) = d.value_a, false) as agree_a, coalesce(sex_in_id(v.number) = d.value_b, false) as agree_b
    from differing_values d left join valid_ids v using (person_id)
    where d.field = 'sex'
) d
where not exists (select 1 from relatives_ids n where n.record_id = d.record_id_b and length(n.number) = 18
    and sex_in_id(n.number) = d.value_b)
