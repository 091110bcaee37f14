-- One row per event of a case tonight: opened, reopened, changed (it shows other values), answered, closed. case_id is null where the case
-- is new. A township's answer is an event by itself, whether it closes the case or not; beside it what the case shows tonight.
-- Sentences (why and message of the content, said) are stored and not compared: new wording is no event. An entry of an earlier version has
-- no basis and no answered_on: then the basis is not compared, and of an answer the sentence is.
-- needs: case_keys, last_entries, answers, handled, earlier_case_log, closings
-- parameters: as_of
-- gives: case_id varchar, event varchar, key varchar, kind varchar, person_id varchar, rule varchar, township varchar, village varchar,
--     registries varchar, said varchar, content varchar, reason varchar, whereabouts varchar, basis varchar, answer varchar,
--     answer_detail varchar, answered_on date
-- key: none
with shown as (
    select b.case_id, case when b.case_id is null then 'opened' when b.event = 'closed' then 'reopened'
        when json_merge_patch(b.content, '{"why": null, "message": null}') <> json_merge_patch(t.content, '{"why": null, "message": null}')
            or b.basis <> t.basis then 'changed' end as event,
        t.key, t.kind, t.person_id, t.rule, t.township, t.village, t.registries, null as said, t.content, t.basis
    from case_keys t left join last_entries b using (key)
), given as (
    select l.case_id, a.answer || coalesce('（' || a.school || '）', '') || '，' || a.answered_on as said,
        a.answer, a.school as answer_detail, a.answered_on::date as answered_on
    from answers a join last_entries l on l.person_id = a.person_id and l.kind = 'list'
    union all
    select case_id, said, answer, right_value, answered_on::date from handled
)
select * exclude (basis), null::varchar as reason, null::varchar as whereabouts, basis, null::varchar as answer, null::varchar as answer_detail,
    null::date as answered_on
from shown where event is not null
union all
select b.case_id, 'answered', b.key, b.kind, b.person_id, coalesce(t.rule, b.rule), coalesce(t.township, b.township),
    coalesce(t.village, b.village), coalesce(t.registries, b.registries), a.said, coalesce(t.content, b.content), null, null,
    coalesce(t.basis, b.basis), a.answer, a.answer_detail, a.answered_on
from last_entries b
join given a using (case_id)
left join case_keys t on t.key = b.key
where b.event <> 'closed' and not exists (
    select 1 from earlier_case_log l where l.case_id = b.case_id and l.event = 'answered' and l.as_of <= $as_of
        and case when l.answered_on is null then l.said = a.said else l.answered_on = a.answered_on and l.answer is not distinct from a.answer
            and l.answer_detail is not distinct from a.answer_detail end)
union all
select b.case_id, 'closed', b.key, b.kind, b.person_id, b.rule, b.township, b.village, b.registries, c.said, b.content, c.reason, c.whereabouts,
    b.basis, null, null, null
from closings c join last_entries b using (case_id)
