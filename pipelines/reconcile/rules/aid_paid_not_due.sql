-- Aid for poor pupils was paid to a pupil whom neither the poverty system nor the disability federation nor an aid system's recognition
-- supports. A blank is not 否.
-- needs: payments, persons, person_records, possible_roles
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id
select r.person_id, '资助' as field, min(r.record_id) as record_id_a, min(r.aid_item) as value_a, min(x.record_id) as record_id_b,
    coalesce('认定' || min(x.hardship), '非建档立卡，无困难认定') as value_b, 'b' as favoured, 'nothing_supports_aid' as basis,
    null::varchar as basis_detail, null::varchar as message
from payments r
join persons p using (person_id)
left join person_records x on x.person_id = r.person_id and x.role = 'aid' and x.aid_item is null and not_in_hardship(x.hardship)
where r.paid and not r.for_all and not p.poverty
    and p.whereabouts_rule = 'student_record_open' and p.disability_level is null
    and p.person_id not in (select person_id from possible_roles where role in ('aid', 'poverty', 'disability'))
    and not exists (select 1 from person_records h where h.person_id = r.person_id and (
        h.poverty = 'yes' and h.role = 'aid' or h.hardship is not null and not not_in_hardship(h.hardship)
        or 'yes' in (h.low_income, h.destitute, h.orphan, h.disability_flag)))
group by r.person_id
