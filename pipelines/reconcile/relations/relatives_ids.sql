-- One row per record whose ID number is a relative's, and relative: a grown-up's of the household (id_status 'borrowed'), or that of
-- a member of the child's household who is registered under it. whose: the relative, in Chinese.
-- needs: person_records, persons, likely_same_persons, household_members
-- gives: record_id varchar, person_id varchar, number varchar, whose varchar
-- key: none
select r.record_id, r.person_id, coalesce(r.id_raw, r.id_number) as number, '家长' as whose
from person_records r where r.id_status = 'borrowed'
union all
select r.record_id, r.person_id, r.id_number, '同户的' || min(coalesce(o.name, '他人'))
from person_records r
join person_records o on o.id_number = r.id_number and o.person_id <> r.person_id and o.id_status = 'valid' and o.role in ('household', 'poverty')
join (select person_id, person_id as same_id from persons union all select person_id, other_id from likely_same_persons) s
    on s.person_id = r.person_id
join household_members h on h.person_id = s.same_id
join household_members g on g.person_id = o.person_id and g.registry = h.registry and g.household = h.household
where r.id_number is not null and o.person_id <> s.same_id and not exists (
    select 1 from person_records m where m.person_id = r.person_id and m.id_number = r.id_number and m.role = 'household')
group by all
