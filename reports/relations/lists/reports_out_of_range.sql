-- A report of a child (名在人不在, 新发现), in effect, whose record is that of a person outside the range of birthdates by the other systems: it comes on
-- no list.
-- needs: answers, records, identities, persons
-- gives: answer_id varchar
-- key: answer_id
select distinct a.answer_id
from answers a
join records r on r.report_state in ('absent', 'found') and r.state_date = a.answered_on and r.name = a.name
    and coalesce(a.id_number in (r.id_number, r.id_raw), true) and coalesce(try_cast(a.birthdate as date) = r.birthdate, true)
join identities i using (record_id)
join persons p on p.person_id = i.person_id
where a.kind = 'report' and a.state = 'accepted' and a.value in ('名在人不在', '新发现') and not p.in_cohort
