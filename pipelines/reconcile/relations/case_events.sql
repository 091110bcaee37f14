-- One row per event of a case tonight: opened, reopened, changed (it shows other values), answered, closed. case_id is null where the case
-- is new. A township's answer is an event by itself, whether it closes the case or not; beside it what the case shows tonight.
-- needs: case_keys, last_entries, answers, handled, earlier_case_log, closings
-- parameters: as_of
-- gives: case_id varchar, event varchar, key varchar, kind varchar, person_id varchar, rule varchar, township varchar, village varchar,
--     registries varchar, said varchar, content varchar, reason varchar, whereabouts varchar
-- key: none
with shown as (
    select b.case_id, case when b.case_id is null then 'opened' when b.event = 'closed' then 'reopened'
        when b.content <> t.content then 'changed' end as event,
        t.key, t.kind, t.person_id, t.rule, t.township, t.village, t.registries, null as said, t.content
    from case_keys t left join last_entries b using (key)
), given as (
    select l.case_id, a.answer || coalesce('（' || a.school || '）', '') || '，' || a.answered_on as said
    from answers a join last_entries l on l.person_id = a.person_id and l.kind = 'list'
    union all
    select case_id, said from handled
)
select *, null::varchar as reason, null::varchar as whereabouts from shown where event is not null
union all
select b.case_id, 'answered', b.key, b.kind, b.person_id, coalesce(t.rule, b.rule), coalesce(t.township, b.township),
    coalesce(t.village, b.village), coalesce(t.registries, b.registries), a.said, coalesce(t.content, b.content), null, null
from last_entries b
join given a using (case_id)
left join case_keys t on t.key = b.key
where b.event <> 'closed' and not exists (
    select 1 from earlier_case_log l where l.case_id = b.case_id and l.event = 'answered' and l.as_of <= $as_of and l.said = a.said)
union all
select b.case_id, 'closed', b.key, b.kind, b.person_id, b.rule, b.township, b.village, b.registries, c.said, b.content, c.reason, c.whereabouts
from closings c join last_entries b using (case_id)
