-- A report that a pupil is not there (名在人不在), in effect, of a child without any student record: by the record that the report is.
-- needs: answers, records, identities, persons
-- gives: answer_id varchar
-- key: answer_id
select distinct a.answer_id
from answers a
join records r on r.report_state = 'absent' and r.state_date = a.answered_on and r.name = a.name
    and coalesce(a.id_number in (r.id_number, r.id_raw), true)
join identities i using (record_id)
join persons p on p.person_id = i.person_id
where a.kind = 'report' and a.state = 'accepted' and a.value = '名在人不在' and p.student_state is null and p.school is null
