-- What waits for the county's word, as the sheet 待县验收 shows it: answers that would take a child off the list, and of other listed children
-- that two records were found to be one person's.
-- needs: acceptance_rows, waiting_pairs, child_rows, answers
-- gives: person_id varchar, township varchar, village varchar, name varchar, id_number varchar, birthdate date, guardian varchar, phone varchar,
--     value varchar, detail varchar, note varchar, evidence varchar, answered_by varchar, answered_on date, received_on date, doubt_name varchar,
--     last_word varchar, answer_id varchar
-- key: none
select * from acceptance_rows
union all by name
select c.person_id, c.township, c.village, c.name, c.id_number, c.birthdate, c.guardian, c.phone, '疑似同一人：' || a.value as value,
    null::varchar as detail, a.note, a.evidence, a.answered_by, a.answered_on, a.received_on, null::varchar as doubt_name, null::varchar as last_word, a.answer_id
from waiting_pairs w
join child_rows c using (person_id)
join answers a on a.answer_id = w.answer_id
where c.person_id not in (select person_id from acceptance_rows where person_id is not null)
order by township nulls last, village nulls last, name, answer_id, person_id
