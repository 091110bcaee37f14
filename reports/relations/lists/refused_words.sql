-- The last answer about a case of a discrepancy (of a township, or of an office about one system), and the county's last word on an answer,
-- where it was refused: what was said, when, and why it was not taken. subject: the case, or the answer; system: the office's.
-- needs: answers, answer_states, answer_refusals
-- gives: subject varchar, system varchar, words varchar
-- key: none
select coalesce(if(a.kind = 'acceptance', a.about, a.case_id), '') as subject, if(a.kind = 'discrepancy', a.about, null) as system,
    concat_ws('，', nullif(concat(a.value, '（' || nullif(a.detail, '') || '）'), ''), a.answered_on::varchar, s.name || '：第 ' || a.row || ' 行' || r.name) as words
from answers a
join answer_states s on s.code = a.state
left join answer_refusals r on r.code = a.refusal and r.asker = case when a.kind = 'discrepancy' and a.about is not null then 'office' else a.kind end
where a.kind in ('discrepancy', 'acceptance') and a.state <> 'superseded'
qualify row_number() over (partition by a.kind, subject, system order by a.received_on desc, a.answered_on desc nulls last, a.answer_id desc) = 1
    and a.state = 'refused'
