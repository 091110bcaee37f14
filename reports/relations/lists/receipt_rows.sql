-- What has become of each answer of this semester, and of each row that came back tonight and was no answer, the newest first, as the sheet
-- 回执 shows it. township: of the child, or as the row has it; of a row that is no answer, that of the file's answers.
-- needs: answers, homes, answer_states, answer_refusals, quarantine
-- parameters: semester, as_of
-- gives: township varchar, file varchar, sheet varchar, row integer, name varchar, value varchar, answered_on date, received_on date,
--     state_name varchar, why varchar, person_id varchar
-- key: none
with known as (
    select coalesce(h.home, a.township) as township, a.file, a.sheet, a.row, a.name, a.value, a.answered_on, a.received_on, a.state,
        s.name as state_name, coalesce('第 ' || a.row || ' 行' || r.name, '县退回：' || a.decided_why) as why, a.answer_id, a.person_id
    from answers a
    left join homes h using (person_id)
    join answer_states s on s.code = a.state
    left join answer_refusals r on r.code = a.refusal
    where a.kind <> 'acceptance' and a.received_on >= $semester
), others as (
    select (select mode(k.township) from known k where k.file = q.file) as township, q.file, q.sheet, q.row, q.message
    from quarantine q
    where q.registry = 'answers' and q.row is not null
        and not exists (select 1 from known k where k.state = 'refused' and (k.file, k.sheet, k.row) = (q.file, q.sheet, q.row))
)
select township, file, sheet, row, name, value, answered_on, received_on, state_name, why, person_id
from (
    select * from known
    union all
    select township, file, sheet, row, null, null, null, $as_of, 'refused', '未采用', message, null, null from others
)
order by received_on desc, state <> 'refused', file, sheet, row, answer_id
