-- Where most of the register's seventh graders go who finished a primary school, or who are of a township: its junior school. pupils: how many of
-- how many. Of a primary school fewer than three say nothing. A school called 小学 is none: that grade is an error.
-- needs: persons, records, identities
-- gives: basis varchar, place varchar, school varchar, pupils varchar
-- key: basis, place
with pupils as (
    select person_id, school, coalesce(responsible_township, township) as home
    from persons where grade_number = 7 and student_state = 'in_school' and school is not null and not regexp_matches(school, '小学|教学点|村小')
), places as (
    select distinct p.person_id, 'primary_school' as basis, r.school as place, p.school
    from pupils p
    join identities i using (person_id)
    join records r using (record_id)
    where r.student_state = 'graduated' and r.school is not null and r.school <> p.school
    union all
    select person_id, 'township', home, school from pupils where home is not null
), counted as (
    select basis, place, school, count(*) as here, sum(count(*)) over (partition by basis, place) as whole
    from places group by basis, place, school
)
select basis, place, school, here || '/' || whole as pupils
from counted
where basis = 'township' or whole >= 3
qualify row_number() over (partition by basis, place order by here desc, school) = 1
