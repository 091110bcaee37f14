-- One aid system pays a person and another recognises no hardship (unless nothing supports the aid: rule aid_paid_not_due), or their marks of
-- registered poverty are opposite.
-- needs: payments, person_records, aid_paid_not_due, persons
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id
with paid as (
    select person_id, arg_min(record_id, record_id) as record_id, arg_min(aid_item, record_id) as aid_item,
        bool_or(poverty = 'yes') as poor, bool_or(poverty = 'no') as not_poor
    from payments where paid and not for_all group by person_id
), recognised as (
    select person_id, arg_min(record_id, record_id) as record_id, bool_or(poverty = 'yes') as poor, bool_or(poverty = 'no') as not_poor,
        bool_or(not_in_hardship(hardship)) and person_id not in (select person_id from aid_paid_not_due) as not_hard
    from person_records where role = 'aid' and aid_item is null group by person_id
)
select p.person_id, '资助认定' as field, p.record_id as record_id_a, p.aid_item || case when p.poor then '，建档立卡' when p.not_poor
    then '，非建档立卡' else '' end as value_a, r.record_id as record_id_b,
    case when r.not_hard then '认定不困难' when r.poor then '建档立卡' else '非建档立卡' end as value_b,
    case when r.not_hard then null when coalesce(p.poor, false) = g.poverty then 'a' else 'b' end as favoured,
    case when g.poverty then 'in_poverty_register' else 'not_in_poverty_register' end as basis, null::varchar as basis_detail,
    null::varchar as message
from paid p join recognised r using (person_id) join persons g using (person_id)
where r.not_hard or p.poor and r.not_poor or p.not_poor and r.poor
