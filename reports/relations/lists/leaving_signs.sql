-- A pupil of grade nine who has left early or shows a sign of it, as the sheet 毕业班保学 shows it, school by school (plan, part 3 (四) 3 ③). No row
-- outside the spring semester. All pupils of the county's schools, registered in the county or not; one of another county who has moved
-- to another school is nobody's here. The state of a record that no day tells of counts as this semester's.
-- needs: persons, homes, records, identities, unaccounted, came_back, answers, leaving_sign_names, student_states
-- parameters: before_summer, semester, as_of, over_age, leaving_again, year_start
-- gives: person_id varchar, school varchar, grade varchar, name varchar, sex varchar, id_number varchar, birthdate date, township varchar,
--     village varchar, guardian varchar, phone varchar, state varchar, signs varchar, case_id varchar
-- key: person_id
with pupils as (
    select p.*, (select max(r.state_date) from identities i join records r using (record_id)
        where i.person_id = p.person_id and r.student_state = p.student_state) as state_date
    from persons p
    where $before_summer and p.grade_number = 9 and p.student_state not in ('graduated', 'deceased')
        and coalesce(p.whereabouts, 'enrolled') not in ('left_register', 'graduated', 'enrolled_elsewhere', 'exempted')
), signed as (
    select person_id, 'left_early' as sign from pupils
    where student_state not in ('in_school', 'suspended') and coalesce(whereabouts, '') not in ('enrolled', 'home_taught', 'suspended')
        and coalesce(state_date >= $semester, true) and (in_cohort or student_state not in ('transferred_out', 'abroad'))
    union all
    select person_id, 'reported_absent' from pupils where whereabouts_rule = 'reported_absent'
    union all
    select person_id, 'listed' from pupils join unaccounted using (person_id) where whereabouts_rule <> 'reported_absent'
    union all
    select distinct p.person_id, 'visit_sign' from pupils p join answers a using (person_id)
    where a.kind = 'visit' and a.state = 'accepted' and a.value in (select unnest($leaving_again)) and a.answered_on >= $year_start
    union all
    select person_id, 'came_back' from pupils join came_back using (person_id)
    union all
    select person_id, 'suspended_long' from pupils where student_state = 'suspended' and state_date + interval 1 year <= $as_of
    union all
    select person_id, 'over_age' from pupils
    where student_state in ('in_school', 'suspended') and birthdate + $over_age * interval 1 year <= $as_of
    union all
    select person_id, 'claimed_absent' from pupils where student_state = 'in_school' and school_claim = 'none'
)
select p.person_id, p.school, p.grade, p.name, p.sex, p.id_number, p.birthdate, h.home as township, p.village, p.guardian, p.phone,
    t.name as state, string_agg(n.name, '；' order by n.rank) as signs, any_value(u.case_id) as case_id
from signed s
join leaving_sign_names n on n.code = s.sign
join pupils p using (person_id)
join homes h using (person_id)
left join student_states t on t.code = p.student_state
left join unaccounted u using (person_id)
group by all
order by p.school nulls last, min(n.rank), p.name, p.person_id
