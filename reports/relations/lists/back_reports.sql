-- Whom each report that a pupil is back (已返校) is about. A report has no number. Once it is in effect it is a record, and person_id is whose that is;
-- before, the only listed child of that ID, or of that name and birthdate; null where there is none, or several. doubt: what speaks
-- against the person that its ID, or its name and birthdate, belong to; of several the first of the reporting township's, or else of any.
-- needs: answers, unaccounted, persons, homes, records, identities
-- gives: answer_id varchar, state varchar, person_id varchar, doubt varchar
-- key: answer_id
with reports as (
    select answer_id, state, township, detail as school, name, id_number, try_cast(birthdate as date) as birthdate, answered_on
    from answers where kind = 'report' and value = '已返校'
), alike as (
    select r.answer_id, u.person_id
    from reports r
    join unaccounted u on u.id_number = r.id_number or (u.name = r.name and u.birthdate = r.birthdate)
    where r.state <> 'accepted'
    union
    select r.answer_id, i.person_id
    from reports r
    join records x on x.report_state = 'back' and x.state_date = r.answered_on and x.name = r.name and coalesce(r.id_number in (x.id_number, x.id_raw), true)
    join identities i on i.record_id = x.record_id
    join unaccounted u on u.person_id = i.person_id
    where r.state = 'accepted'
), about as (
    select answer_id, any_value(person_id) as person_id from alike group by answer_id having count(*) = 1
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
