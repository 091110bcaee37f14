-- One row per event of a case, all nights so far: the published table case_log. Case numbers are given in the order of what the cases are
-- about, never again where it was forgotten; entries follow one another. A run for a day before the log's last one looks back, and writes nothing.
-- needs: earlier_case_log, case_events, forgotten_cases
-- parameters: as_of
-- gives: entry bigint, as_of date, case_id varchar, event varchar, key varchar, kind varchar, person_id varchar, rule varchar,
--     township varchar, village varchar, registries varchar, said varchar, content varchar, reason varchar, whereabouts varchar,
--     basis varchar, answer varchar, answer_detail varchar, answered_on date
-- key: entry
with last as (
    select coalesce(max(entry), 0) as entry, coalesce(max(as_of) > $as_of, false) as looks_back, (
            select coalesce(max(substr(case_id, 2)::int), 0)
            from (select case_id from earlier_case_log union all select case_id from forgotten_cases)
        ) as number
    from earlier_case_log
), new_cases as (
    select key, 'C' || lpad((l.number + row_number() over (order by key))::varchar, 7, '0') as case_id
    from case_events, last l where event = 'opened'
), named as (
    select h.* exclude (case_id), coalesce(h.case_id, n.case_id) as case_id,
        case h.event when 'answered' then 1 when 'closed' then 2 else 0 end as rank
    from case_events h left join new_cases n on h.case_id is null and n.key = h.key
)
select entry, as_of, case_id, event, key, kind, person_id, rule, township, village, registries, said, content, reason, whereabouts,
    basis, answer, answer_detail, answered_on
from earlier_case_log
union all
select l.entry + row_number() over (order by h.rank, h.case_id), $as_of, h.case_id, h.event, h.key, h.kind, h.person_id, h.rule, h.township,
    h.village, h.registries, h.said, h.content, h.reason, h.whereabouts, h.basis, h.answer, h.answer_detail, h.answered_on
from named h, last l where not l.looks_back
order by entry
