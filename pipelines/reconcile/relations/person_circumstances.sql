-- One row per person: the facts that the decision table asks for (pipelines.reconcile.decisions), and whether the person is of the cohort.
-- due_from: 1 September after the sixth birthday. promoted_by: 1 October after primary school ended; without a date it ended six years
-- after entry or after the September in which the child was due, whichever is earlier. answered: the whereabouts that a township's
-- accepted answer stands for. A child whose registered date or whose registered ID falls into the cohort is in it: the register may err in
-- one. Where the two contradict each other, the earlier date counts: due too soon costs a visit, due too late hides a child for a year.
-- needs: person_facts, answers, person_records
-- parameters: as_of, county
-- gives: person_id varchar, answered varchar, as_of date, due_from date, promoted_by date, registered boolean, register_open boolean,
--     home_taught boolean, in_school boolean, suspended boolean, has_finished_junior boolean, has_finished_primary boolean, junior_record boolean,
--     dropped_out boolean, severe_certificate boolean, any_student_record boolean, hukou_county varchar, in_cohort boolean
-- key: person_id
with placed as (
    select f.*, a.whereabouts as answered, coalesce(registered_birth, birthdate) as born,
        case
            when registered_birth is not null then coalesce(registered_birthdate_in_cohort, false) or coalesce(registered_id_in_cohort, false)
                or coalesce(other_id_in_cohort, false)
            when birthdate is not null then any_birthdate_in_cohort
            -- On the register, or a child of a poor household, and no day of birth anywhere: somebody must look.
            else registered or child_of_household
        end as born_in_cohort,
        case
            when local then $county
            when student_county is not null then student_county
            -- Known from aid alone: with the police register at hand, whoever is not on it is not registered here.
            when not (select bool_or(role = 'household') from person_records) then left(id_number, 6)
        end as hukou_county
    from person_facts f left join answers a using (person_id)
)
select person_id, answered, $as_of as as_of,
    make_date(year(born) + case when month(born) >= 9 then 7 else 6 end, 9, 1) as due_from,
    make_date(coalesce(primary_ended_year, least(case when month($as_of) >= 6 then year($as_of) else year($as_of) - 1 end, primary_by_entry,
        year(born) + case when month(born) >= 9 then 13 else 12 end)), 10, 1) as promoted_by,
    registered, register_open, home_taught, in_school, suspended,
    -- Nobody has nine years of school behind it at thirteen.
    junior_graduate_record and coalesce(date_diff('month', born, $as_of) >= 13 * 12 + 6, true) as has_finished_junior,
    has_finished_primary, junior_record, dropped_out, severe_certificate, any_student_record, hukou_county,
    coalesce(born_in_cohort, false) and coalesce(hukou_county = $county, false) as in_cohort
from placed
