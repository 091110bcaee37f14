-- Whom each report that a pupil is back (已返校) is about. A report has no number: person_id is the only listed child of that name with that ID or
-- birthdate; null where there is none, or several. doubt: what speaks against the person that its ID, or its name and birthdate, belong
-- to; of several the first of the reporting township's, or else of any.
-- needs: answers, unaccounted, persons, homes
-- gives: answer_id varchar, state varchar, person_id varchar, doubt varchar
-- key: answer_id
with reports as (
    select answer_id, state, township, detail as school, name, id_number, try_cast(birthdate as date) as birthdate from answers where kind = 'report' and value = '已返校'
), about as (
    select r.answer_id, any_value(u.person_id) as person_id
    from reports r
    join unaccounted u on u.name = r.name and (u.id_number = r.id_number or u.birthdate = r.birthdate)
    group by r.answer_id
    having count(*) = 1
)
select r.answer_id, r.state, b.person_id, case
    when p.student_state is null then 'report_without_record'
    when h.home is not null and h.home is distinct from r.township then 'report_of_other_township'
    when not contains(p.school, r.school) and not contains(r.school, p.school) then 'back_at_other_school' end as doubt
from reports r
left join about b using (answer_id)
left join persons p on p.id_number = r.id_number or (r.id_number is null and p.name = r.name and p.birthdate = r.birthdate)
left join homes h on h.person_id = p.person_id
qualify row_number() over (partition by r.answer_id order by p.student_state is null, h.home is distinct from r.township, p.person_id) = 1
