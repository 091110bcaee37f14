-- A child off the list because its township, which had reported it absent (名在人不在) or found (新发现), reported it back (已返校). The reports are records; what the
-- answer says beyond them (who reported it and when it was accepted) is null where the answer of that name and day cannot be told.
-- needs: records, identities, persons, homes, unaccounted, answers
-- gives: person_id varchar, township varchar, village varchar, name varchar, id_number varchar, birthdate date, guardian varchar, phone varchar, value varchar, detail varchar, note varchar, evidence varchar, answered_by varchar, answered_on date, received_on date, decided_by varchar, decided_on date, answer_id varchar
-- key: person_id
with reports as (
    select i.person_id, r.report_state, r.record_id, r.name, r.id_number, r.id_raw, r.school, r.state_date
    from records r join identities i using (record_id)
    where r.report_state is not null
), back as (
    select *, max(state_date) filter (report_state <> 'back') over (partition by person_id) as absent_on
    from reports
    qualify report_state = 'back' and state_date > absent_on
        and row_number() over (partition by person_id, report_state order by state_date desc, record_id) = 1
)
select b.person_id, h.home as township, p.village, p.name, p.id_number, p.birthdate, p.guardian, p.phone, '已返校' as value, b.school as detail, a.note,
    a.evidence, a.answered_by, b.state_date as answered_on, a.received_on, a.decided_by, a.decided_on, coalesce(a.answer_id, b.record_id) as answer_id
from back b
join persons p using (person_id)
left join homes h using (person_id)
left join answers a on a.kind = 'report' and a.value = '已返校' and a.state = 'accepted' and a.answered_on = b.state_date
    and a.name = b.name and coalesce(a.id_number in (b.id_number, b.id_raw), true)
where p.in_cohort and b.person_id not in (select person_id from unaccounted)
qualify row_number() over (partition by b.person_id order by a.id_number is null, a.answer_id) = 1
