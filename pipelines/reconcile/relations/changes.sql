-- One row per event of a case since the last Thursday (period week) and since the run before (period run): the published table changes.
-- needs: case_log
-- parameters: as_of, last_report
-- gives: period varchar, since date, as_of date, event varchar, case_id varchar, kind varchar, person_id varchar, rule varchar,
--     township varchar, village varchar, said varchar, reason varchar, whereabouts varchar
-- key: none
with periods as (
    select 'week' as period, $last_report as since
    union all select 'run', max(as_of) from case_log where as_of < $as_of
)
select p.period, p.since, l.as_of, l.event, l.case_id, l.kind, l.person_id, l.rule, l.township, l.village, l.said, l.reason, l.whereabouts
from case_log l join periods p on l.as_of > p.since
where l.as_of <= $as_of and l.event <> 'changed'
order by p.period = 'run', l.entry
