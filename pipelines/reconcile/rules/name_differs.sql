-- Two registries have different names for a person, and neither is its registered former name. A lost character (□) is never favoured.
-- needs: differing_values, person_records
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id, value_b
select d.person_id, '姓名' as field, d.record_id_a, d.value_a, d.record_id_b, d.value_b,
    case when contains(d.value_b, '□') then 'a' when contains(d.value_a, '□') then 'b' else d.favoured end as favoured,
    case when contains(d.value_b, '□') or contains(d.value_a, '□') then 'character_missing' else d.basis end as basis,
    d.basis_detail, case when d.votes_b > 1 then d.systems_b || '登记为后一值' end as message
from differing_values d
where d.field = 'name'
    and not exists (select 1 from person_records f where f.person_id = d.person_id and f.former_name in (d.value_a, d.value_b))
