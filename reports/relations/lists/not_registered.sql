-- A child that finished primary school and has registered in no junior school, as the sheet 小升初未注册名册 shows it, by the junior school at which it
-- should be (plan, part 3 (四) 3 ④: from the first day of the autumn semester, and not only when the month is over in which junior schools
-- report). No row in spring. basis_name: how that school is inferred.
-- needs: persons, homes, records, identities, junior_schools, school_bases, whereabouts_names, child_rows, whereabouts_answers
-- parameters: autumn
-- gives: person_id varchar, school varchar, basis_name varchar, township varchar, village varchar, name varchar, sex varchar, id_number varchar,
--     birthdate date, guardian varchar, phone varchar, primary_school varchar, now varchar
-- key: person_id
with finished as (
    select p.person_id, h.home, max(r.school) as primary_school
    from persons p
    join homes h using (person_id)
    join identities i using (person_id)
    join records r on r.record_id = i.record_id and r.student_state = 'graduated'
    where $autumn and p.in_cohort
        and list_has_any(string_split(p.conditions, ','), ['between_schools', 'not_promoted'])
        and p.whereabouts_rule not in ('register_closed', 'taught_at_home', 'student_record_open', 'student_record_suspended', 'grade_nine_finished')
    group by all
), placed as (
    select f.*, coalesce(a.school, b.school) as school, coalesce(a.pupils, b.pupils) as pupils,
        case when a.school is not null then 'primary_school' when b.school is not null then 'township' else 'unknown' end as basis
    from finished f
    left join junior_schools a on a.basis = 'primary_school' and a.place = f.primary_school
    left join junior_schools b on b.basis = 'township' and b.place = f.home
), answered as (
    select person_id, max_by(concat_ws('，', nullif(concat(value, '（' || nullif(detail, '') || '）'), ''), answered_on::varchar), answered_on) as words
    from whereabouts_answers group by person_id
)
select f.person_id, f.school, s.name || coalesce('（' || f.pupils || '）', '') as basis_name, f.home as township, p.village, p.name, p.sex,
    p.id_number, p.birthdate, p.guardian, p.phone, f.primary_school,
    case when p.whereabouts_rule = 'between_schools' then '尚未注册' else coalesce(c.answer, a.words, c.reason_name, w.name) end as now
from placed f
join persons p using (person_id)
join school_bases s on s.code = f.basis
left join whereabouts_names w on w.code = p.whereabouts
left join child_rows c using (person_id)
left join answered a using (person_id)
order by f.school nulls last, f.home nulls last, p.village nulls last, p.name, f.person_id
