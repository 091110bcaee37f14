-- One row per person of whose household another member is at school: that school, which may know the family.
-- needs: person_records, persons
-- gives: person_id varchar, school varchar
-- key: person_id
select r.person_id, min(p.school) as school
from person_records r
join person_records o on r.registry = o.registry and r.household = o.household and r.person_id <> o.person_id
join persons p on p.person_id = o.person_id and p.student_state = 'in_school' and p.school is not null
where r.role in ('household', 'poverty')
group by r.person_id
