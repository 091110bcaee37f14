-- A report that waits for the county and that says another name, ID or birthdate than the person has whom it is shown with, or whose ID it
-- gives. words: what the report says, and whose ID it is.
-- needs: answers, persons, back_reports
-- gives: answer_id varchar, words varchar
-- key: answer_id
with reports as (
    select a.answer_id, b.person_id, a.name, a.id_number, try_cast(a.birthdate as date) as birthdate
    from answers a
    left join back_reports b using (answer_id)
    where a.kind = 'report' and a.state = 'waiting'
), meant as (
    select r.*, p.name as known_name, p.id_number as known_id, p.birthdate as known_birthdate
    from reports r
    join persons p on p.person_id = r.person_id or p.id_number = r.id_number
)
select answer_id, concat_ws('，', any_value(name), any_value(id_number), any_value(birthdate)::varchar)
    || coalesce('；该证号名册上是' || min(known_name) filter (where known_id = id_number and known_name <> name), '') as words
from meant
where name <> known_name or id_number <> known_id or birthdate <> known_birthdate
group by answer_id
