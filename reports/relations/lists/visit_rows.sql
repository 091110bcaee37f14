-- A child who is to be brought back to school, as the sheet 劝返记录 shows it, village by village: a listed one, and a pupil on no list of whom
-- a visit said that it may leave ($leaving_again), in this school year, or that it has gone away and will not come back ($gone), in any; and
-- since that visit no visit ($back_again), report or register has said that it is, or will be, back. visits: how often somebody went there so far;
-- last_visits: the last three times.
-- needs: child_rows, visits, answers, persons, homes, cases, returns
-- parameters: leaving_again, gone, back_again, year_start
-- gives: person_id varchar, township varchar, village varchar, guardian varchar, name varchar, phone varchar, reason_name varchar, visits bigint, last_visits varchar, id_number varchar, case_id varchar
-- key: person_id
with last_visit as (  -- that tells whether it leaves; of two of one day that which says so
    select person_id, value, answered_on, case_id from answers
    where kind = 'visit' and state = 'accepted'
        and (value in (select unnest($leaving_again)) or value in (select unnest($back_again)))
    qualify row_number() over (partition by person_id order by answered_on desc, value in (select unnest($leaving_again)) desc, value = $gone desc) = 1
), back as (
    select person_id, max(back_on) as back_on from returns group by person_id
), to_visit as (
    select person_id, township, walk, village, guardian, name, phone, reason_name, id_number, case_id
    from child_rows
    where reason in ('dropped_out', 'dropped_out_verified', 'not_promoted', 'reported_absent') and coalesce(answer_state, '') not in ('waiting', 'with_office')
    union all
    select p.person_id, h.home, null, p.village, p.guardian, p.name, p.phone, '家访：' || v.value, p.id_number,
        coalesce((select max(k.case_id) from cases k where k.kind = 'list' and k.person_id = p.person_id), v.case_id)
    from last_visit v
    join persons p using (person_id)
    join homes h using (person_id)
    left join back b using (person_id)
    where (v.value = $gone or v.value in (select unnest($leaving_again)) and v.answered_on >= $year_start) and coalesce(b.back_on <= v.answered_on, true)
        and p.in_cohort and p.whereabouts in ('enrolled', 'home_taught', 'suspended') and p.person_id not in (select person_id from child_rows)
)
select c.person_id, c.township, c.village, c.guardian, c.name, c.phone, c.reason_name, coalesce(v.visits, 0) as visits, v.last_visits, c.id_number, c.case_id
from to_visit c
left join visits v using (person_id)
order by c.township nulls last, c.walk nulls last, c.village nulls last, c.name, c.person_id
