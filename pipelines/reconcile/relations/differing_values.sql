-- One row per person, field (name, id_number, birthdate, sex, township) and value (b) that is not the value of the registry nearest to the
-- legal record (a). Only where two registries have different values, and only values of active records; what a township reports of its own accord is no registry's. votes_…: registries that have the
-- value; systems_…: their Chinese names. favoured, basis, basis_detail: where nothing else decides, the legal record's value is favoured,
-- else that of more registries.
-- needs: active_records, registries
-- gives: field varchar, person_id varchar, record_id_a varchar, value_a varchar, votes_a bigint, role_a varchar, systems_a varchar,
--     record_id_b varchar, value_b varchar, votes_b bigint, systems_b varchar, favoured varchar, basis varchar, basis_detail varchar
-- key: field, person_id, value_b
with candidates as (
    select person_id, min(name) <> max(name) as names, min(id_column) <> max(id_column) as ids,
        min(birthdate_column) <> max(birthdate_column) as birthdates, min(sex_column) <> max(sex_column) as sexes,
        min(township_column) <> max(township_column) as townships
    from active_records where role <> 'report' group by person_id having names or ids or birthdates or sexes or townships
), given as (
    unpivot (select person_id, record_id, precedence, registry, role, if(names, name, null) as name, if(ids, id_column, null) as id_number,
        if(birthdates, birthdate_column, null) as birthdate, if(sexes, sex_column, null) as sex, if(townships, township_column, null) as township
        from active_records join candidates using (person_id) where role <> 'report')
    on name, id_number, birthdate, sex, township into name field value value
), of_registries as (
    select field, person_id, value, g.registry, any_value(g.role) as role, any_value(t.title) as title,
        arg_min(record_id, precedence) as record_id, min(precedence) as precedence
    from given g join registries t on t.registry = g.registry group by field, person_id, value, g.registry
), valued as (
    select field, person_id, value, arg_min(record_id, precedence) as record_id, min(precedence) as precedence,
        arg_min(registry, precedence) as registry, arg_min(role, precedence) as role, count(*) as votes,
        string_agg(distinct title, '、' order by title) as systems
    from of_registries semi join (
        select field, person_id from of_registries group by all having min(registry) <> max(registry)) differing using (field, person_id)
    group by field, person_id, value
), ranked as (
    select *, row_number() over (partition by field, person_id order by precedence) as place from valued
)
select a.field, a.person_id, a.record_id as record_id_a, a.value as value_a, a.votes as votes_a, a.role as role_a, a.systems as systems_a,
    b.record_id as record_id_b, b.value as value_b, b.votes as votes_b, b.systems as systems_b,
    case when a.role = 'household' then 'a' when b.votes > a.votes then 'b' when a.votes > b.votes then 'a' end as favoured,
    case when a.role = 'household' and b.votes > a.votes then 'legal_record_outvoted'
        when a.role = 'household' and a.votes > 1 then 'legal_record_and_more'
        when a.role = 'household' then 'legal_record'
        when a.votes <> b.votes then 'more_systems'
        else 'one_system_each' end as basis,
    case when a.role = 'household' and b.votes > a.votes then b.votes::varchar
        when a.role = 'household' and a.votes > 1 or a.votes > b.votes then a.systems
        when b.votes > a.votes then b.systems end as basis_detail
from ranked a
join ranked b on a.field = b.field and a.person_id = b.person_id and a.place = 1 and b.place > 1
    and (b.votes > 1 or b.registry <> a.registry)
