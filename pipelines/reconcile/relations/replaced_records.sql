-- One row per student record that a newer one replaces. Of records with one student number at one school that differ in state the newest
-- counts: that of the newest file, else of the latest change, else the record that is not in_school.
-- needs: records, record_details, files
-- gives: record_id varchar
-- key: record_id
select record_id from (
    select r.record_id, row_number() over (same order by f.dated desc nulls last, r.state_date desc nulls last,
            r.student_state = 'in_school', r.record_id) as place,
        min(r.student_state) over same <> max(r.student_state) over same as differ
    from records r
    semi join (select registry, student_number from records group by all having count(*) > 1) using (registry, student_number)
    join record_details d using (record_id)
    left join files f on f.registry = r.registry and f.file = r.file and f.sheet = r.sheet
    where d.role = 'student' and r.student_number is not null
    window same as (partition by d.person_id, r.registry, r.student_number, r.school, d.level)
) where differ and place > 1
