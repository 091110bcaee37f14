-- Children of 15 and 16 for the class of the vocational school (职教提升班), as the sheet of that name shows them: those whose answer says that they are in
-- it, accepted or waiting, and those on the list who have left school and may be won for it (plan, part 3 (四) 2 (1) ⑦).
-- needs: whereabouts_answers, child_rows, class_states
-- parameters: as_of, class_answer, class_from, class_to
-- gives: person_id varchar, state_name varchar, township varchar, village varchar, name varchar, sex varchar, id_number varchar, birthdate date,
--     age bigint, guardian varchar, phone varchar, school varchar, note varchar, evidence varchar, answered_by varchar, answered_on date,
--     reason_name varchar, weeks integer
-- key: person_id
with joined as (
    select a.*, case a.state when 'accepted' then 'enrolled' else 'waiting' end as standing
    from whereabouts_answers a
    where a.value = $class_answer and (a.state = 'waiting' or a.rule = 'verified_elsewhere')
    qualify row_number() over (partition by a.person_id order by a.state = 'accepted' desc, a.answered_on desc, a.answer_id) = 1
), eligible as (
    select c.* from child_rows c
    where c.reason in ('dropped_out', 'dropped_out_verified', 'reported_absent', 'not_promoted')
        and coalesce(c.answer_state, '') not in ('waiting', 'with_office') and c.person_id not in (select person_id from joined)
), every as (
    select person_id, standing, township, village, name, id_number, birthdate, guardian, phone, detail as school, note, evidence, answered_by,
        answered_on from joined
    union all by name
    select person_id, 'eligible' as standing, township, village, name, id_number, birthdate, guardian, phone from eligible
), aged as (
    select e.*, date_diff('year', e.birthdate, $as_of::date)
        - (strftime(e.birthdate, '%m%d') > strftime($as_of::date, '%m%d'))::int as age
    from every e
)
select e.person_id, s.name as state_name, e.township, e.village, e.name, c.sex, e.id_number, e.birthdate, e.age, e.guardian, e.phone, e.school, e.note,
    e.evidence, e.answered_by, e.answered_on, c.reason_name, c.weeks
from aged e
join class_states s on s.code = e.standing
left join child_rows c using (person_id)
where e.standing <> 'eligible' or e.age between $class_from and $class_to
order by s.rank, e.township nulls last, e.village nulls last, e.name, e.person_id
