-- A grade is two or more above that of the age (one is early entry), or four or more below (late entry, years repeated). Vocational
-- schools are entered at any age.
-- needs: preferred_records, persons, grades, person_records
-- parameters: school_year
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: record_id_a
select person_id, '年级' as field, record_id as record_id_a, grade as value_a,
    (select arg_min(b.record_id, b.precedence) from person_records b where b.person_id = s.person_id and b.birthdate = s.birthdate) as record_id_b,
    birthdate::varchar as value_b, null::varchar as favoured, 'check_birthdate_and_grade' as basis, null::varchar as basis_detail,
    '按年龄应在' || case when expected < 1 then '学前' when expected > 9 then '初中毕业以后'
        else ['一', '二', '三', '四', '五', '六', '七', '八', '九'][expected::int] || '年级' end as message
from (
    select s.person_id, s.record_id, s.grade, p.birthdate,
        g.number + case when s.level = 'senior' and g.number <= 3 then 9 else 0 end as number,
        $school_year - year(p.birthdate) - case when month(p.birthdate) >= 9 then 7 else 6 end + 1 as expected
    from preferred_records s
    join persons p using (person_id)
    join grades g on g.grade = s.grade
    where s.role = 'student' and s.student_state = 'in_school' and s.level is distinct from 'vocational'
) s where number - expected >= 2 or expected - number >= 4
