-- A listed child who is to be brought back to school, as the sheet 劝返记录 shows it, village by village. visits: how often somebody went
-- there so far; last_visits: the last three times.
-- needs: child_rows, visits
-- gives: person_id varchar, township varchar, village varchar, guardian varchar, name varchar, phone varchar, reason_name varchar, visits bigint, last_visits varchar, id_number varchar, case_id varchar
-- key: person_id
select c.person_id, c.township, c.village, c.guardian, c.name, c.phone, c.reason_name, coalesce(v.visits, 0) as visits, v.last_visits, c.id_number, c.case_id
from child_rows c
left join visits v using (person_id)
where c.reason in ('dropped_out', 'dropped_out_verified', 'not_promoted', 'reported_absent') and coalesce(c.answer_state, '') not in ('waiting', 'with_office')
order by c.township nulls last, c.walk
