-- Answers about whereabouts, and reports that a pupil is back, with the child as it is known tonight: those that wait for the county, and
-- those in effect. doubt_name: also whether a report that waits is about a child of another township, one without a student record, or one of
-- another name, ID or birthdate, or whether an answer in effect of its day or later says something else of the child; reported: what it says then.
-- needs: answers, persons, homes, answer_doubts, back_reports, reports_otherwise
-- gives: answer_id varchar, state varchar, rule varchar, person_id varchar, township varchar, village varchar, name varchar, id_number varchar,
--     birthdate date, guardian varchar, phone varchar, value varchar, detail varchar, note varchar, evidence varchar, answered_by varchar,
--     answered_on date, received_on date, doubt varchar, doubt_name varchar, reported varchar, decided_by varchar, decided_on date
-- key: answer_id
select a.answer_id, a.state, p.whereabouts_rule as rule, coalesce(a.person_id, b.person_id) as person_id, coalesce(h.home, a.township) as township, p.village,
    coalesce(p.name, a.name) as name, coalesce(p.id_number, a.id_number) as id_number, coalesce(p.birthdate, try_cast(a.birthdate as date)) as birthdate,
    p.guardian, p.phone, a.value, a.detail, a.note, a.evidence, a.answered_by, a.answered_on, a.received_on, a.doubt,
    nullif(concat_ws('；', d.name, e.name, f.name, g.name), '') as doubt_name, o.words as reported, a.decided_by, a.decided_on
from answers a
left join back_reports b on b.answer_id = a.answer_id and a.state = 'waiting'
left join persons p on p.person_id = coalesce(a.person_id, b.person_id)
left join homes h on h.person_id = p.person_id
left join answer_doubts d on d.code = a.doubt
left join answer_doubts e on e.code = b.doubt
left join reports_otherwise o on o.answer_id = a.answer_id
left join answer_doubts f on f.code = 'report_of_another' and o.words is not null
left join answer_doubts g on g.code = 'answered_since' and exists (
    from answers c where c.kind = 'whereabouts' and c.state = 'accepted' and c.person_id = b.person_id and c.answered_on >= a.answered_on)
where a.kind in ('whereabouts', 'report') and a.state in ('waiting', 'accepted')
