-- Listed children whose answer waits for the county's word, as the sheet 待县验收 shows them: as many as the cover says. A report or an answer
-- about a child that is on no list, or that cannot be told, is on the county's sheet 答复验收 alone.
-- needs: child_rows, answers, answer_doubts
-- gives: person_id varchar, township varchar, village varchar, name varchar, id_number varchar, birthdate date, guardian varchar, phone varchar,
--     value varchar, detail varchar, note varchar, evidence varchar, answered_by varchar, answered_on date, received_on date, doubt_name varchar,
--     last_word varchar, answer_id varchar
-- key: person_id
select c.person_id, c.township, c.village, c.name, c.id_number, c.birthdate, c.guardian, c.phone,
    case when a.kind = 'pair' then '疑似同一人：' || a.value else a.value end as value, case when a.kind <> 'pair' then a.detail end as detail,
    a.note, a.evidence, a.answered_by, a.answered_on, a.received_on, d.name as doubt_name, null::varchar as last_word, a.answer_id
from child_rows c
join answers a on a.answer_id = c.waiting_id
left join answer_doubts d on d.code = a.doubt
order by c.township nulls last, c.village nulls last, c.name, c.person_id
