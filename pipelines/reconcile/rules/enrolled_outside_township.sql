-- A child of the cohort goes to a school whose name begins with another township than the one responsible: a remark, no error.
-- needs: persons, person_records, school_places, county_townships
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id
select p.person_id, '就读乡镇' as field, s.record_id as record_id_a, s.school as value_a,
    (select arg_min(h.record_id, h.precedence) from person_records h
        where h.person_id = p.person_id and h.township = p.responsible_township and h.role <> 'student') as record_id_b,
    p.responsible_township as value_b, null::varchar as favoured, 'responsible_township' as basis, null::varchar as basis_detail,
    '学校在' || t.township as message
from persons p
join person_records s on s.person_id = p.person_id and s.role = 'student' and s.student_state = 'in_school'
join school_places t on t.school = s.school
join county_townships c on c.township = p.responsible_township
where p.in_cohort and t.township <> p.responsible_township
qualify row_number() over (partition by p.person_id order by s.record_id) = 1
