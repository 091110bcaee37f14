-- Answers about whereabouts with the child as it is known tonight: those that wait for the county, and those by which a child is off the list.
-- needs: answers, persons, homes, answer_doubts
-- gives: answer_id varchar, state varchar, rule varchar, person_id varchar, township varchar, village varchar, name varchar, id_number varchar,
--     birthdate date, guardian varchar, phone varchar, value varchar, detail varchar, note varchar, evidence varchar, answered_by varchar,
--     answered_on date, received_on date, doubt_name varchar, decided_by varchar, decided_on date
-- key: answer_id
select a.answer_id, a.state, p.whereabouts_rule as rule, a.person_id, h.home as township, p.village, p.name, p.id_number, p.birthdate, p.guardian,
    p.phone, a.value, a.detail, a.note, a.evidence, a.answered_by, a.answered_on, a.received_on, d.name as doubt_name, a.decided_by,
    a.decided_on
from answers a
join persons p using (person_id)
join homes h using (person_id)
left join answer_doubts d on d.code = a.doubt
where a.kind = 'whereabouts' and a.state in ('waiting', 'accepted')
