-- One row per child of the cohort: what the indicators are conditions of (schemas.indicators.INDICATORS). home: the responsible township, if
-- it is one of the county's.
-- in_one, in_two, two_birthdates, two_sexes: in how many of the three systems the child is, and how many fill the column; same_…: their
-- values agree. finishing: in grade nine, or finished this school year.
-- needs: persons, whereabouts_codes, cases, aid_due, discrepancies, preferred_records, county_townships
-- parameters: as_of, last_report, school_year
-- gives: person_id varchar, home varchar, village varchar, school varchar, whereabouts varchar, due boolean, poverty boolean,
--     disabled boolean, listed boolean, listed_week boolean, cleared_week boolean, cleared_before boolean, aid_due boolean,
--     aid_missing boolean, in_two boolean, in_one boolean, two_birthdates boolean, two_sexes boolean, same_name boolean,
--     same_birthdate boolean, same_sex boolean, same_id boolean, finishing boolean
-- key: person_id
with three_systems as (
    select person_id, count(*) as systems, count(birthdate_column) as birthdates, count(sex_column) as sexes,
        min(name) is not distinct from max(name) as same_name,
        min(birthdate_column) is not distinct from max(birthdate_column) as same_birthdate,
        min(sex_column) is not distinct from max(sex_column) as same_sex,
        coalesce(min(id_number) = max(id_number), false) and bool_and(id_status in ('valid', 'certificate')) as same_id
    from preferred_records where of_three_systems(registry) group by person_id
)
select p.person_id, t.township as home, p.village, p.school, p.whereabouts, p.due, p.poverty,
    p.due and p.disability_type is not null and date_diff('year', p.birthdate, $as_of) - (strftime(p.birthdate, '%m%d')
        > strftime($as_of::date, '%m%d'))::int < 15 and p.whereabouts <> 'left_register' as disabled,
    w.listed,
    coalesce(k.since > $last_report and k.state <> 'closed', false) as listed_week,
    coalesce(k.state = 'closed' and k.closed_on > $last_report, false) as cleared_week,
    coalesce(k.state = 'closed' and k.closed_on <= $last_report, false) as cleared_before,
    p.person_id in (select person_id from aid_due) as aid_due,
    exists (select 1 from discrepancies f where f.person_id = p.person_id and f.rule = 'aid_due_unpaid') as aid_missing,
    coalesce(r.systems, 0) > 1 as in_two, coalesce(r.systems, 0) > 0 as in_one, coalesce(r.birthdates, 0) > 1 as two_birthdates,
    coalesce(r.sexes, 0) > 1 as two_sexes, same_name, same_birthdate, same_sex, same_id,
    coalesce(p.grade_number = 9 and p.whereabouts in ('enrolled', 'home_taught', 'suspended')
        or p.whereabouts = 'graduated' and p.junior_ended_year = $school_year + 1, false) as finishing
from persons p
left join whereabouts_codes w on w.code = p.whereabouts
left join three_systems r using (person_id)
left join (select * from cases where kind = 'list') k using (person_id)
left join county_townships t on t.township = p.responsible_township
where p.in_cohort
