"""Who is at school: what the registries claim against the student records, and what cannot be."""

_OUT_OF_SCHOOL = "('unaccounted', 'dropped_out', 'not_promoted', 'severe_disability')"

# Grades above (one is early entry) and below (late entry, years repeated) what the age would have.
_TOO_HIGH, _TOO_LOW = 2, 4

QUERIES = {
    "in_school_claim_unsupported": f"""
    select r.person_id, '在校生状况' as field, r.record_id as record_id_a, n.name as value_a, null as record_id_b,
        '无在读学籍' as value_b, 'b' as favoured, '国扶每年更新一次，不作在校证明' as why, null as message
    from rec r join persons p using (person_id) join claim_names n on n.code = r.school_claim
    where r.role = 'poverty' and r.school_claim not in ('none', 'preschool') and p.whereabouts in {_OUT_OF_SCHOOL}
        and p.person_id not in (select person_id from perhaps where role = 'student')
    """,
    # An export without the column says nothing about anybody.
    "not_in_school_claim_contradicted": """
    select r.person_id, '在校生状况' as field, r.record_id as record_id_a,
        coalesce(r.dropout_reason, n.name, '空') as value_a, p.evidence_record_id as record_id_b, '在读' as value_b,
        null as favoured, '在读只证明有学籍，须到校核实' as why, null as message
    from rec r join persons p using (person_id) left join claim_names n on n.code = r.school_claim
    where r.role = 'poverty' and p.whereabouts_rule = 'student_record_open' and p.due
        -- The poverty system is brought up to date once a year: the first year at school may not be known yet.
        and (r.school_claim = 'none' or r.dropout_reason is not null
            or r.school_claim = 'preschool' and p.due_from + interval 2 year <= p.as_of
            or r.school_claim is null and exists (select 1 from rec where role = 'poverty' and school_claim is not null))
        and (r.dropout_reason is not null or not exists (
            select 1 from rec o where o.person_id = r.person_id and o.role = 'poverty' and o.school_claim not in ('none', 'preschool')))
    qualify row_number() over (partition by r.person_id order by r.dropout_reason is null, r.record_id) = 1
    """,
    "deceased_with_student_record": """
    select p.person_id, '户籍状态' as field, p.evidence_record_id as record_id_a, coalesce(n.name, '已注销') as value_a,
        s.record_id as record_id_b, '在读' as value_b, 'a' as favoured, '公安户籍为法定登记' as why, null as message
    from persons p join one_each s on s.person_id = p.person_id and s.role = 'student' and s.student_state = 'in_school'
    left join rec h on h.record_id = p.evidence_record_id left join register_names n on n.code = h.register_state
    where p.whereabouts = 'left_register' and h.register_state is distinct from 'moved_out'
    """,
    # Schooling does not depend on the register: where the child lives now must know of it.
    "moved_out_with_student_record": """
    select p.person_id, '户籍状态' as field, p.evidence_record_id as record_id_a, n.name as value_a, s.record_id as record_id_b,
        '在读' as value_b, null as favoured, '户籍迁出不影响在校就读' as why, null as message
    from persons p join one_each s on s.person_id = p.person_id and s.role = 'student' and s.student_state = 'in_school'
    join rec h on h.record_id = p.evidence_record_id and h.register_state = 'moved_out' join register_names n on n.code = h.register_state
    where p.whereabouts = 'left_register'
    """,
    "student_deceased_register_open": """
    select p.person_id, '学籍状态' as field, s.record_id as record_id_a, '死亡' as value_a, h.record_id as record_id_b,
        '户籍正常' as value_b, null as favoured, '两个系统相反，须入户核实' as why, null as message
    from persons p join one_each s on s.person_id = p.person_id and s.student_state = 'deceased'
    join one_each h on h.person_id = p.person_id and h.register_state = 'normal'
    where p.in_cohort
    """,
    "suspension_overdue": """
    select p.person_id, '学籍变动日期' as field, p.evidence_record_id as record_id_a, r.state_date::varchar as value_a, null as record_id_b,
        '休学已满一年' as value_b, null as favoured, '休学一般不超过一年，须核实' as why, null as message
    from persons p join rec r on r.record_id = p.evidence_record_id
    where p.whereabouts = 'suspended' and r.state_date + interval 1 year <= p.as_of
    """,
    "grade_impossible": f"""
    select person_id, '年级' as field, record_id as record_id_a, grade as value_a, born_record_id as record_id_b,
        birthdate::varchar as value_b, null as favoured, '须核对出生日期和年级' as why,
        '按年龄应在' || case when expected < 1 then '学前' when expected > 9 then '初中毕业以后'
            else ['一', '二', '三', '四', '五', '六', '七', '八', '九'][expected::int] || '年级' end as message
    from (
        select s.person_id, s.record_id, s.grade, p.birthdate, b.record_id as born_record_id,
            g.number + case when s.level = 'senior' and g.number <= 3 then 9 else 0 end as number,
            g.year - year(p.birthdate) - case when month(p.birthdate) >= 9 then 7 else 6 end + 1 as expected
        from one_each s join persons p using (person_id) join grades g on g.grade = s.grade
        left join (select person_id, birthdate, arg_min(record_id, precedence) as record_id from rec group by all) b
            on b.person_id = p.person_id and b.birthdate = p.birthdate
        where s.role = 'student' and s.student_state = 'in_school' and s.level is distinct from 'vocational'  -- entered at any age
    ) where number - expected >= {_TOO_HIGH} or expected - number >= {_TOO_LOW}
    """,
    "not_promoted": """
    select person_id, '升学' as field, evidence_record_id as record_id_a, '小学毕业' as value_a, null as record_id_b,
        '无初中学籍' as value_b, null as favoured, '须跟踪去向' as why, null as message
    from persons where whereabouts = 'not_promoted' and person_id not in (select person_id from perhaps where role = 'student')
    """,
    "two_active_schools": """
    select a.person_id, '学籍' as field, a.record_id as record_id_a, a.school as value_a, b.record_id as record_id_b,
        b.school as value_b, null as favoured, '须到校核实' as why, '两个学籍系统同时在读' as message
    from one_each a join one_each b on a.person_id = b.person_id and a.role = 'student' and b.role = 'student'
        and a.registry > b.registry and a.student_state = 'in_school' and b.student_state = 'in_school'
    """,
    "enrolled_outside_township": """
    select p.person_id, '就读乡镇' as field, s.record_id as record_id_a, s.school as value_a, h.record_id as record_id_b,
        p.responsible_township as value_b, null as favoured, '户籍所在乡镇负责' as why, '学校在' || t.township as message
    from persons p join rec s on s.person_id = p.person_id and s.role = 'student' and s.student_state = 'in_school'
    join school_places t on t.school = s.school
    left join (select person_id, township, arg_min(record_id, precedence) as record_id from rec where role <> 'student' group by all) h
        on h.person_id = p.person_id and h.township = p.responsible_township
    where p.in_cohort and t.township <> p.responsible_township
    qualify row_number() over (partition by p.person_id order by s.record_id) = 1
    """,
}
