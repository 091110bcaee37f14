-- One row per person: the facts that the decision table asks for (schemas.decisions), and whether the person is of the cohort.
-- answered: the whereabouts that a township's accepted answer stands for. dropped_out_since: the student register says that the child has
-- dropped out on a day after that answer, or says so now and did not when the answer was given.
-- reported: reported_here, or reported back at school less than a year ago. reported_here: a township reported that the person is in the village and in no school, and not since then that it is back. reported_since:
-- and that on the day of the accepted answer, or after it: the answer no longer tells where the child is.
-- found_absent: reported_here of a pupil (who has no student record is no pupil, and is looked for as any child). reported_absent: and no
-- answer accepted since says that it is elsewhere.
-- due_from: 1 September after the sixth birthday.
-- promoted_by: 1 October of the year primary school ended; if unknown, of the earliest of last summer, entry + 6, birth year + 12 (13 if born
-- after August).
-- has_finished_junior: a record says so, and the person is at least thirteen and a half.
-- hukou_county: this county, if a register of its residents has the person; else that of the student record; else, if no household register was
-- exported, that of the ID number.
-- in_cohort: registered in this county, and the household register's birthdate or ID, or a valid ID elsewhere, has a birthdate of the cohort:
-- the register may err in one of them. Without a registered birthdate any birthdate counts.
-- due_from follows the earlier date: due too soon costs a visit, due too late hides a child for a year.
-- needs: person_facts, answers, person_records
-- parameters: as_of, county
-- gives: person_id varchar, answered varchar, as_of date, due_from date, promoted_by date, registered boolean, register_open boolean, register_deceased boolean,
--     home_taught boolean, in_school boolean, suspended boolean, has_finished_junior boolean, has_finished_primary boolean, junior_record boolean,
--     dropped_out boolean, dropped_out_since boolean, found_absent boolean, reported_absent boolean, reported boolean, reported_here boolean, reported_since boolean, severe_certificate boolean, any_student_record boolean, hukou_county varchar, in_cohort boolean
-- key: person_id
with placed as (
    select f.*, a.whereabouts as answered, coalesce(f.dropped_out_on > a.answered_on::date, false)
            -- Where the reason came before the drop-out's, the record may have been there.
            or f.dropped_out and coalesce($as_of > a.answered_on::date and a.listed_as not in ('dropped_out', 'reported_absent', 'not_promoted'), false)
            as dropped_out_since,
        f.reported_on is not null and coalesce(f.reported_back_on <= f.reported_on, true) as reported_here,
        reported_here or coalesce(f.reported_on < f.reported_back_on and f.reported_back_on + interval 1 year > $as_of, false) as reported,
        reported_here and coalesce(f.reported_on >= a.answered_on::date, false) as reported_since,
        reported_here and coalesce(f.any_student_record, false) as found_absent,
        found_absent and not coalesce(a.whereabouts in ('enrolled_elsewhere', 'exempted') and not reported_since, false) as reported_absent,
        coalesce(registered_birth, birthdate) as born,
        case
            when registered_birth is not null then coalesce(registered_birthdate_in_cohort, false) or coalesce(registered_id_in_cohort, false)
                or coalesce(other_id_in_cohort, false)
            when birthdate is not null then any_birthdate_in_cohort
            -- In the register, or a child of a poor household, and no birthdate anywhere: the township must find out.
            else registered or child_of_household or reported_found
        end as born_in_cohort,
        case
            when local then $county
            when student_county is not null then student_county
            -- Known from aid systems alone: if the household register was exported, a person who is not in it is not registered here.
            when not (select bool_or(role = 'household') from person_records) then left(id_number, 6)
        end as hukou_county
    from person_facts f left join answers a using (person_id)
)
select person_id, answered, $as_of as as_of,
    make_date(year(born) + case when month(born) >= 9 then 7 else 6 end, 9, 1) as due_from,
    make_date(coalesce(primary_ended_year, least(case when month($as_of) >= 6 then year($as_of) else year($as_of) - 1 end, primary_by_entry,
        year(born) + case when month(born) >= 9 then 13 else 12 end)), 10, 1) as promoted_by,
    registered, register_open, register_deceased, home_taught, in_school, suspended,
    -- Nobody has finished nine years of school before thirteen and a half.
    junior_graduate_record and coalesce(date_diff('month', born, $as_of) >= 13 * 12 + 6, true) as has_finished_junior,
    has_finished_primary, junior_record, dropped_out, dropped_out_since, found_absent, reported_absent, reported, reported_here, reported_since, severe_certificate, any_student_record, hukou_county,
    coalesce(born_in_cohort, false) and coalesce(hukou_county = $county, false) as in_cohort
from placed
