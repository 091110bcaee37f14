-- One row per record whose ID number is a relative's, and relative: a grown-up's of the household (id_status 'borrowed'), or that of
-- a member of the child's household who is registered under it. whose: the relative, in Chinese.
-- needs: person_records, shared_ids, likely_same_persons, household_members
-- gives: record_id varchar, person_id varchar, number varchar, whose varchar
-- key: none
with numbers_of_others as materialized (
    select r.record_id, r.person_id, r.id_number, o.person_id as relative_id, coalesce(o.name, '他人') as relative_name
    from shared_ids r join shared_ids o on o.id_number = r.id_number and o.person_id <> r.person_id
    where o.id_status = 'valid' and o.role in ('household', 'poverty') and not exists (
        select 1 from person_records m where m.person_id = r.person_id and m.id_number = r.id_number and m.role = 'household')
)
select r.record_id, r.person_id, coalesce(r.id_raw, r.id_number) as number, '家长' as whose
from person_records r where r.id_status = 'borrowed'
union all
select r.record_id, r.person_id, r.id_number, '同户的' || min(r.relative_name)
from numbers_of_others r
join (select person_id, person_id as same_id from numbers_of_others union select person_id, other_id from likely_same_persons) s using (person_id)
join household_members h on h.person_id = s.same_id
join household_members g on g.person_id = r.relative_id and g.registry = h.registry and g.household = h.household
where r.relative_id <> s.same_id
group by all
