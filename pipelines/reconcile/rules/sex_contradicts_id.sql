-- The sex and the valid ID number of one record contradict each other, and no other rule explains it. One value in several systems is one
-- finding.
-- needs: person_records, registries, differing_values, relatives_ids
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id, value_a, value_b
with contradicting as materialized (
    select record_id, person_id, registry, precedence, sex, id_number from person_records
    where sex_from = 'column' and id_status in ('valid', 'certificate', 'fifteen') and id_number is not null
    and sex_in_id(id_number) <> sex
)
select r.person_id, '性别' as field, arg_min(r.record_id, r.precedence) as record_id_a, r.sex as value_a,
    arg_min(r.record_id, r.precedence) as record_id_b, r.id_number as value_b, null::varchar as favoured, 'contradicts_itself' as basis,
    null::varchar as basis_detail,
    case when count(distinct r.registry) > 1 then string_agg(distinct t.title, '、' order by t.title) || '登记相同' end as message
from contradicting r join registries t on t.registry = r.registry
where not exists (select 1 from differing_values d where d.field = 'sex' and d.person_id = r.person_id and r.sex in (d.value_a, d.value_b))
    and not exists (select 1 from differing_values d where d.field = 'id_number' and d.person_id = r.person_id
        and r.id_number in (d.value_a, d.value_b))
    and r.record_id not in (select record_id from relatives_ids)
group by r.person_id, r.sex, r.id_number
