-- Each time a child came back to school, of whatever year: its list case is closed because it is enrolled again, its township reported it back,
-- or a visit found it back. A case that was closed because a damaged key was mended is none, for that child was never away; nor is that of a pupil
-- who was reported absent, for it had a student record all the time, and it is no register that says that it is back. how: what the return rests on.
-- needs: cases, case_log, answers, unaccounted, records, identities, persons
-- gives: person_id varchar, back_on date, how varchar
-- key: none
with reasons_listed as (
    select case_id, arg_max(content ->> 'reason', entry) as reason from case_log where kind = 'list' group by case_id
)
select k.person_id, k.closed_on as back_on, '学籍恢复在读' as how
from cases k
left join reasons_listed r using (case_id)
where k.kind = 'list' and k.state = 'closed' and k.closed_whereabouts in ('enrolled', 'home_taught')
    and k.rule in ('dropped_out', 'not_promoted', 'unaccounted') and coalesce(r.reason, '') not in ('key_damaged', 'reported_absent')
    and k.person_id not in (select person_id from unaccounted)
union all
select i.person_id, r.state_date, '乡镇报告已返校'
from records r
join identities i using (record_id)
join persons p using (person_id)
where r.report_state = 'back' and p.whereabouts in ('enrolled', 'home_taught')
union all
select person_id, answered_on, '劝返时已返校'
from answers
where kind = 'visit' and state = 'accepted' and value = '已返校'
