-- Each time a child came back to school, of whatever year: its list case is closed because it is enrolled again, its township, which had
-- reported it absent, reported it back, or a visit found it back. A case that was closed because a damaged key was mended is none: that child
-- was never away. how: what it rests on; a pupil who was reported absent had a student record all the time, and it is no register that says that
-- it is back.
-- needs: cases, case_log, answers, unaccounted, reported_back
-- gives: person_id varchar, back_on date, how varchar
-- key: none
with reasons_listed as (
    select case_id, arg_max(content ->> 'reason', entry) as reason from case_log where kind = 'list' group by case_id
)
select k.person_id, coalesce(b.answered_on, k.closed_on) as back_on,
    if(b.person_id is not null or r.reason = 'reported_absent', '乡镇报告已返校', '学籍恢复在读') as how
from cases k
left join reasons_listed r using (case_id)
left join reported_back b using (person_id)
where k.kind = 'list' and k.state = 'closed' and k.closed_whereabouts in ('enrolled', 'home_taught')
    and k.rule in ('dropped_out', 'not_promoted', 'unaccounted') and r.reason is distinct from 'key_damaged'
    and k.person_id not in (select person_id from unaccounted)
union all
select person_id, answered_on, '劝返时已返校'
from answers
where kind = 'visit' and state = 'accepted' and value = '已返校'
