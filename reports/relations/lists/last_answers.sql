-- One answer about each listed child: that which waits for the county, else the last received that no later one has replaced. It comes from the
-- list, or is a report that the child is back. In words: what
-- was chosen, the school beside it, the day, what has become of it and why. Answers about pairs
-- are not among these.
-- needs: answers, unaccounted, back_reports, answer_states, answer_refusals
-- gives: person_id varchar, answer_id varchar, state varchar, words varchar
-- key: person_id
with told as (
    select u.person_id, a.* exclude (person_id) from answers a join unaccounted u using (case_id) where a.kind = 'whereabouts'
    union  -- of a number that was merged into the child's: the case is another
    select u.person_id, a.* exclude (person_id) from answers a join unaccounted u using (person_id)
    where a.kind = 'whereabouts' and a.state in ('accepted', 'waiting', 'returned', 'overtaken')
    union all
    select b.person_id, a.* exclude (person_id) from answers a join back_reports b using (answer_id) where b.person_id is not null
)
select a.person_id, a.answer_id, a.state,
    concat_ws('，', nullif(concat(a.value, '（' || nullif(a.detail, '') || '）'), ''), a.answered_on::varchar, s.name || coalesce('：第 ' || a.row || ' 行' || r.name, '：' || a.decided_why, '')) as words
from told a
join answer_states s on s.code = a.state
left join answer_refusals r on r.code = a.refusal and r.asker = a.kind
where a.state <> 'superseded'
qualify row_number() over (partition by a.person_id order by a.state = 'waiting' desc, a.received_on desc, a.answered_on desc nulls last, a.answer_id desc) = 1
