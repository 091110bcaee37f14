-- Aid is due to a pupil of a registered-poor household, and was not paid for the latest term that anybody was paid for.
-- needs: payments, persons, aid_due
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id
with latest as (
    select max(term) as term from payments where not for_all and paid
), own as (
    select person_id, bool_or(paid and (y.term is null or y.term >= coalesce(l.term, y.term))) as paid, bool_or(paid) as earlier,
        arg_max(record_id, (coalesce(y.term, date '1900-01-01'), record_id)) as record_id
    from payments y, latest l where not for_all group by person_id
)
select p.person_id, '资助' as field, p.evidence_record_id as record_id_a, '建档立卡在读' as value_a, u.record_id as record_id_b,
    case when u.record_id is null then '资助系统无记录' when u.earlier then '只有以前学期的发放' else '未发放' end as value_b,
    'a' as favoured, 'poor_and_enrolled' as basis, null::varchar as basis_detail, null::varchar as message
from persons p left join own u using (person_id)
where p.person_id in (select person_id from aid_due) and not coalesce(u.paid, false)
