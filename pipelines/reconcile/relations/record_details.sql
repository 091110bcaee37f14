-- One row per record: its person, its registry's role, its precedence, its school's stage (level) and the year of the summer in which a
-- finished stage ended.
-- precedence: 1 is first, household register before student register and so on, then by record_id.
-- level: from the registry, the stage or the grade; else from the school's name. A finished stage that none of them names is taken for
-- primary school, so that a township follows it up; a running one is judged by age.
-- finished_year: that of the date of the change (a change entered by May belongs to the summer before), no summer still to come.
-- needs: records, identities, registries
-- parameters: as_of
-- gives: record_id varchar, person_id varchar, role varchar, precedence bigint, level varchar, finished_year bigint
-- key: record_id
select r.record_id, i.person_id, i.role, i.precedence,
    case
        when i.stage is not null then i.stage
        when student_state = 'graduated' and regexp_matches(grade, '^(小学)?(六|6)') then 'primary'
        when r.stage in ('primary', 'junior', 'preschool', 'senior', 'vocational') then r.stage
        when regexp_matches(grade, '^(学前|学龄前|幼儿|大班|中班|小班)') or contains(school, '幼儿园') then 'preschool'
        when regexp_matches(grade, '^(七|八|九|初|7|8|9)') then 'junior'
        when regexp_matches(grade, '^(一|二|三|四|五|六|小|[1-6])') then 'primary'
        when role = 'student' and regexp_matches(school, '小学|教学点|村小') then 'primary'
        when role = 'student' and regexp_matches(school, '初中|中学') and r.stage is distinct from 'nine_year' and not contains(school, '九年') then 'junior'
        when role = 'student' and student_state = 'graduated' then 'primary'
        when role = 'student' and date_diff('month', birthdate, $as_of) >= 14 * 12 + 6 then 'junior'
        when role = 'student' then 'primary'
    end as level,
    case when state_date is not null then
        least(case when month($as_of) >= 6 then year($as_of) else year($as_of) - 1 end,
            case when month(state_date) >= 6 then year(state_date) else year(state_date) - 1 end)
    end as finished_year
from records r
join (select record_id, person_id, role, stage, row_number() over (order by authority, record_id) as precedence
    from identities join registries using (registry)) i using (record_id)
