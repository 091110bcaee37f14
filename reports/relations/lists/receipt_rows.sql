-- What has become of each answer of this semester, and of each row that came back tonight and was no answer, the newest first, as the sheet
-- 回执 shows it. sender: whose receipt it stands on, a township, an office or 'county'; of a row that is no answer, that of the file's answers,
-- or whom the file is named after. township: the sender where it is one.
-- needs: answers, answer_senders, homes, answer_states, answer_refusals, quarantine, registry_names, absent_without_record, reports_out_of_range,
--     left_to_offices, unaccounted, correcting_answers, links
-- parameters: semester, as_of, still_absent, already_one, report_without_record, report_of_another_age
-- gives: township varchar, file varchar, sheet varchar, row integer, name varchar, value varchar, answered_on date, received_on date,
--     state_name varchar, why varchar, person_id varchar, sender varchar
-- key: none
with known as (
    select f.sender, a.file, a.sheet, a.row, a.name,
        a.value, a.answered_on, a.received_on, a.state, s.name as state_name,
        coalesce('第 ' || a.row || ' 行' || r.name, '县退回：' || a.decided_why,
            case when o.answer_id is not null then $report_of_another_age end,
            case when w.answer_id is not null then $report_without_record end,
            case when u.person_id is not null and l.answer_id is null then $still_absent end,
            case when a.kind = 'pair' and a.state = 'waiting' and a.answer_id not in (select answer_id from links where answer_id is not null) then $already_one end,
            case when not l.asked then '已转' || l.keeper || '更正，更正之前该儿童仍在名单上（待部门更正），不用再填' end) as why, a.answer_id, a.person_id
    from answers a
    join answer_senders f using (answer_id)
    join answer_states s on s.code = a.state
    left join answer_refusals r on r.code = a.refusal and r.asker = case when a.kind = 'discrepancy' and a.about is not null then 'office' else a.kind end
    left join absent_without_record w on w.answer_id = a.answer_id
    left join reports_out_of_range o on o.answer_id = a.answer_id
    left join left_to_offices l on l.answer_id = a.answer_id
    left join unaccounted u on u.person_id = a.person_id and u.reason = 'reported_absent' and a.state = 'accepted' and a.kind = 'whereabouts'
        and a.value in (select code from correcting_answers)
    where a.received_on >= $semester or a.answered_on between $semester and $as_of  -- it may have come before its day
), others as (
    select coalesce(
            (select mode(k.sender) from known k where k.file = q.file),
            (select min(g.keeper) from registry_names g where g.keeper <> '乡镇' and contains(q.file, g.keeper)),
            (select min(home) from (select distinct home from homes) where contains(q.file, home))) as sender,
        q.file, q.sheet, q.row, q.message
    from quarantine q
    where q.registry = 'answers' and q.row is not null
        and not exists (select 1 from known k where k.state = 'refused' and (k.file, k.sheet, k.row) = (q.file, q.sheet, q.row))
)
select case when sender <> 'county' and sender not in (select keeper from registry_names) then sender end as township, file, sheet, row, name,
    value, answered_on, received_on, state_name, why, person_id, sender
from (
    select * from known
    union all
    select sender, file, sheet, row, null, null, null, $as_of, 'refused', '未采用', message, null, null from others
)
order by received_on desc, state <> 'refused', file, sheet, row, answer_id
