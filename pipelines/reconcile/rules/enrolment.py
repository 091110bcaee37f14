"""Who is at school: what the registries claim against the student records, and what cannot be."""

_OUT_OF_SCHOOL = "('unaccounted', 'dropped_out', 'not_promoted', 'severe_disability')"

# Grades above (one is early entry) and below (late entry, years repeated) what the age would have.
_TOO_HIGH, _TOO_LOW = 2, 4

QUERIES = {
    "in_school_claim_unsupported": f"""
    select r.person_id, '在校生状况' as field, r.record_id as record_id_a, n.name as value_a, null as record_id_b,
        '无在读学籍' as value_b, 'b' as favoured, '国扶每年更新一次，不作在校证明' as why, null as message
    from rec r join persons p using (person_id) join claim_names n on n.code = r.school_claim
    where r.role = 'poverty' and r.school_claim in ('primary', 'junior') and p.whereabouts in {_OUT_OF_SCHOOL}
        and p.person_id not in (select person_id from perhaps where role = 'student')
    """,
    # An export without the column says nothing about anybody.
    "not_in_school_claim_contradicted": """
    select r.person_id, '在校生状况' as field, r.record_id as record_id_a,
        coalesce(r.dropout_reason, n.name, '空') as value_a, p.evidence_record_id as record_id_b, '在读' as value_b,
        null as favoured, '在读只证明有学籍，须到校核实' as why, null as message
    from rec r join persons p using (person_id) left join claim_names n on n.code = r.school_claim
    where r.role = 'poverty' and p.whereabouts_rule = 'student_record_open' and p.due
        and (r.school_claim = 'none' or r.dropout_reason is not null
            or r.school_claim is null and exists (select 1 from rec where role = 'poverty' and school_claim is not null))
    """,
    "deceased_with_student_record": """
    select p.person_id, '户籍状态' as field, p.evidence_record_id as record_id_a, coalesce(n.name, '已注销') as value_a,
        s.record_id as record_id_b, '在读' as value_b, 'a' as favoured, '公安户籍为法定登记' as why, null as message
    from persons p join one_each s on s.person_id = p.person_id and s.role = 'student' and s.student_state = 'in_school'
    left join rec h on h.record_id = p.evidence_record_id left join register_names n on n.code = h.register_state
    where p.whereabouts = 'left_register'
    """,
    "grade_impossible": f"""
    select person_id, '年级' as field, record_id as record_id_a, grade as value_a, record_id as record_id_b,
        birthdate::varchar as value_b, null as favoured, '须核对出生日期和年级' as why,
        '按年龄应在' || case when expected < 1 then '学前' when expected > 9 then '初中毕业以后'
            else ['一', '二', '三', '四', '五', '六', '七', '八', '九'][expected::int] || '年级' end as message
    from (
        select s.person_id, s.record_id, s.grade, p.birthdate, g.number,
            g.year - year(p.birthdate) - case when month(p.birthdate) >= 9 then 7 else 6 end + 1 as expected
        from one_each s join persons p using (person_id) join grades g on g.grade = s.grade
        where s.role = 'student' and s.student_state = 'in_school' and coalesce(s.level, 'primary') in ('primary', 'junior', 'special')
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
    select p.person_id, '就读乡镇' as field, s.record_id as record_id_a, s.school as value_a, null as record_id_b,
        p.responsible_township as value_b, null as favoured, '户籍所在乡镇负责' as why, '学校在' || t.township as message
    from persons p join rec s on s.person_id = p.person_id and s.role = 'student' and s.student_state = 'in_school'
    join school_places t on t.school = s.school
    where p.in_cohort and t.township <> p.responsible_township
    qualify row_number() over (partition by p.person_id order by s.record_id) = 1
    """,
}
