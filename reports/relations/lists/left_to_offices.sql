-- A listed child whose township has answered all that it can: what is left is for an office to enter (a death, a departure, a school of the
-- county). The township is not asked again while that office has the case, the child is listed for no graver reason than on the day of the
-- answer, and the answer is of this listing. office_words: the office's word that there is nothing to correct; then the township is asked again.
-- needs: last_answers, answers, correcting_answers, unaccounted, cases, case_log
-- gives: person_id varchar, answer_id varchar, asked boolean, office_words varchar
-- key: person_id
with told as (
    select l.person_id, l.answer_id, a.answered_on, u.case_id, u.reason
    from last_answers l
    join answers a using (answer_id)
    join unaccounted u on u.person_id = l.person_id
    join cases k on k.case_id = u.case_id and k.since <= a.answered_on
    where l.state = 'accepted' and a.value in (select code from correcting_answers)
), reasons_then as (
    select t.person_id, arg_max(g.content ->> 'reason', g.entry) as reason
    from told t
    join case_log g on g.kind = 'list' and g.case_id = t.case_id and g.as_of <= t.answered_on
    group by t.person_id
), replies as (
    select t.person_id, max_by(concat_ws('，', a.about || '：' || a.value, a.answered_by, a.answered_on::varchar), (a.answered_on, a.answer_id)) as words
    from told t
    join answers a on a.kind = 'discrepancy' and a.case_id = t.case_id and a.state = 'accepted' and a.value = '无需更正' and a.answered_on >= t.answered_on
    group by t.person_id
)
select t.person_id, t.answer_id,
    o.words is not null or (t.reason in ('dropped_out', 'reported_absent') and t.reason is distinct from b.reason) as asked, o.words as office_words
from told t
left join reasons_then b using (person_id)
left join replies o using (person_id)
