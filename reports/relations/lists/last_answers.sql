-- The last answer about each listed child, or rather that which waits for the county, in words: what was chosen, the school beside it, the day, what has become of it and why. Refusals that
-- have no words of their own (of pairs) are not among these.
-- needs: answers, answer_states, answer_refusals
-- gives: case_id varchar, answer_id varchar, state varchar, words varchar
-- key: case_id
select a.case_id, a.answer_id, a.state,
    concat_ws('，', nullif(concat(a.value, '（' || nullif(a.detail, '') || '）'), ''), a.answered_on::varchar, s.name || coalesce('：第 ' || a.row || ' 行' || r.name, '：' || a.decided_why, '')) as words
from answers a
join answer_states s on s.code = a.state
left join answer_refusals r on r.code = a.refusal and r.asker = a.kind
where a.kind = 'whereabouts' and a.case_id is not null and a.state <> 'superseded'
qualify row_number() over (partition by a.case_id order by a.state = 'waiting' desc, a.received_on desc, a.answered_on desc nulls last, a.answer_id desc) = 1
