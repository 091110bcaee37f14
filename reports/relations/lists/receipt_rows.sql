-- What has become of each answer of this semester, the newest first, as the sheet 回执 shows it. township: of the child, or as the row has it.
-- needs: answers, homes, answer_states, answer_refusals
-- parameters: semester
-- gives: township varchar, file varchar, sheet varchar, row integer, name varchar, value varchar, answered_on date, received_on date,
--     state_name varchar, why varchar
-- key: none
select coalesce(h.home, a.township) as township, a.file, a.sheet, a.row, a.name, a.value, a.answered_on, a.received_on, s.name as state_name,
    coalesce(r.name, '县退回：' || a.decided_why) as why
from answers a
left join homes h using (person_id)
join answer_states s on s.code = a.state
left join answer_refusals r on r.code = a.refusal
where a.kind <> 'acceptance' and a.received_on >= $semester
order by a.received_on desc, a.state <> 'refused', a.file, a.sheet, a.row, a.answer_id
