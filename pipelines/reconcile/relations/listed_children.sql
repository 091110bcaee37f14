-- One row per listed child: what is known beside it. follow_up: a key of schemas.whereabouts.FOLLOW_UP; where the child
-- is more likely than not one with a pupil, a call comes before the visit. reason: a key of schemas.whereabouts.REASONS; of several, a record of its own that ended comes before a possible record, and that before the poverty
-- system's claim of another school. Relation unaccounted adds the child's case.
-- needs: persons, whereabouts_codes, candidate_students, likely_pupils, school_claim_names, student_state_names, aid_schools, sibling_schools, listed_sources
-- gives: person_id varchar, township varchar, village varchar, name varchar, id_number varchar, birthdate date, sex varchar,
--     guardian varchar, phone varchar, poverty boolean, disability varchar, whereabouts varchar, reason varchar, follow_up varchar, hint varchar,
--     candidate varchar, candidate_record_id varchar, sources varchar
-- key: person_id
select p.person_id, p.responsible_township as township, p.village, p.name, p.id_number, p.birthdate, p.sex, p.guardian,
    p.phone, p.poverty,
    case when p.disability_level is not null then coalesce(p.disability_type, '') || level_words(p.disability_level) end as disability,
    p.whereabouts,
    case
        when p.whereabouts_rule = 'reported_absent' then 'reported_absent'
        when p.whereabouts_rule = 'verified_dropped' then 'dropped_out_verified'
        when p.whereabouts in ('dropped_out', 'not_promoted', 'severe_disability') then p.whereabouts
        when p.any_student_record then 'record_ended'
        when c.person_id is not null then 'key_damaged'
        when p.school_claim in ('vocational', 'senior', 'tertiary') then 'outside_system'
        else 'no_student_record'
    end as reason,
    case when p.whereabouts = 'unaccounted' and l.person_id is not null then 'call' else 'visit' end as follow_up,
    nullif(concat_ws('；',
        case when p.school_claim is not null and p.school_claim <> 'none' then '国扶登记为“' || cn.name || '”（仅供参考）' end,
        case when p.poverty and p.school_claim is null then '国扶未登记在校' end,
        '国扶失学辍学原因：' || p.dropout_reason,
        '学籍状态：' || sn.name || coalesce('（' || p.school || '）', ''),
        case when a.person_id is not null then '资助系统有记录：' || coalesce(a.school, '学校不详') end,
        '兄弟姐妹在读：' || s.school
    ), '') as hint,
    c.candidate, c.candidate_record_id, src.sources
from persons p
join whereabouts_codes w on w.code = p.whereabouts and w.listed
left join candidate_students c using (person_id)
left join likely_pupils l using (person_id)
left join school_claim_names cn on cn.code = p.school_claim
left join student_state_names sn on sn.code = p.student_state
left join aid_schools a using (person_id)
left join sibling_schools s using (person_id)
left join listed_sources src using (person_id)
where p.in_cohort
