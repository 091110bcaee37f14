-- Two persons have one ID number in one registry, and are not likely one. It is shown to the township of the child of the cohort; of two
-- such children to that of the first.
-- needs: shared_ids, persons, relatives_ids, likely_same_persons
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: record_id_a, record_id_b
select a.person_id, '身份证号' as field, a.record_id as record_id_a, a.id_number as value_a, b.record_id as record_id_b,
    b.id_number as value_b, null::varchar as favoured, 'household_books_of_both' as basis, null::varchar as basis_detail,
    '同一系统内两人登记同一证件号' as message
from shared_ids a
join shared_ids b on a.registry = b.registry and a.id_number = b.id_number and a.person_id <> b.person_id
join persons p on p.person_id = a.person_id
join persons q on q.person_id = b.person_id
where (p.in_cohort > q.in_cohort or p.in_cohort = q.in_cohort and p.person_id < q.person_id)
    and a.record_id not in (select record_id from relatives_ids) and b.record_id not in (select record_id from relatives_ids)
    and not exists (select 1 from likely_same_persons k where k.person_id = a.person_id and k.other_id = b.person_id)
