-- Listed children whose township has answered what only an office can enter, as the sheet 待部门更正 shows them: as many as the cover says.
-- keeper: the office.
-- needs: child_rows, left_to_offices, answers
-- gives: person_id varchar, township varchar, village varchar, name varchar, id_number varchar, birthdate date, guardian varchar, phone varchar,
--     value varchar, detail varchar, note varchar, evidence varchar, answered_by varchar, answered_on date, received_on date, keeper varchar
-- key: person_id
select c.person_id, c.township, c.village, c.name, c.id_number, c.birthdate, c.guardian, c.phone, a.value, a.detail, a.note, a.evidence,
    a.answered_by, a.answered_on, a.received_on, l.keeper
from child_rows c
join left_to_offices l on l.person_id = c.person_id
join answers a on a.answer_id = l.answer_id
where c.answer_state = 'with_office'
order by c.township nulls last, c.village nulls last, c.name, c.person_id
