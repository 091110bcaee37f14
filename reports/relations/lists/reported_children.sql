-- A report that a pupil is back and that waits for the county is about nobody yet: what speaks against the child that its ID, or its name and
-- birthdate, belong to. Where several have them, what speaks against the first of the reporting township's, or else of any.
-- needs: answers, persons, homes
-- gives: answer_id varchar, doubt varchar
-- key: answer_id
with reports as (
    select answer_id, township, upper(trim(id_number)) as id_number, replace(name, ' ', '') as name, try_cast(birthdate as date) as birthdate
    from answers where kind = 'report' and value = '已返校' and state = 'waiting'
)
select r.answer_id, case
    when p.student_state is null then 'report_without_record'
    when h.home is not null and h.home is distinct from r.township then 'report_of_other_township' end as doubt
from reports r
left join persons p on p.id_number = r.id_number or (r.id_number is null and p.name = r.name and p.birthdate = r.birthdate)
left join homes h using (person_id)
qualify row_number() over (partition by r.answer_id order by p.student_state is null, h.home is distinct from r.township, p.person_id) = 1
