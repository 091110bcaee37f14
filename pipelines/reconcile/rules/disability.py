"""Certificates of disability, in use and not in use."""

_SHOWN = "concat({r}.disability_type, coalesce(['一', '二', '三', '四'][try_cast({r}.disability_level as int)] || '级', ''))"
# What the certificate's number says in its characters 19 and 20 (docs/formats.md 2).
_TYPES = "['视力', '听力', '言语', '肢体', '智力', '精神', '多重']"
_IN_NUMBER = f"{_TYPES}[try_cast({{n}}[19] as int)] || ['一', '二', '三', '四'][try_cast({{n}}[20] as int)] || '级'"

QUERIES = {
    "disability_not_in_student_record": f"""
    select d.person_id, '残疾类别' as field, d.record_id as record_id_a, {_SHOWN.format(r="d")} as value_a,
        s.record_id as record_id_b, coalesce(s.disability_type, '空') as value_b, 'a' as favoured, '残疾证有效' as why, null as message
    from certified d join one_each s on d.person_id = s.person_id and s.role = 'student' and s.student_state = 'in_school'
    where coalesce(s.disability_type, '无') = '无'
        and exists (select 1 from rec x where x.registry = s.registry and x.disability_type is not null)
    """,
    "disability_without_certificate": """
    select s.person_id, '残疾类别' as field, s.record_id as record_id_a, s.disability_type as value_a,
        null as record_id_b, '残联无此人' as value_b, null as favoured, '须看残疾证' as why, null as message
    from one_each s where s.role = 'student' and s.student_state = 'in_school' and s.disability_type <> '无'
        and not exists (select 1 from rec d where d.person_id = s.person_id and d.role = 'disability')
        and exists (select 1 from rec where role = 'disability')
    union all
    select g.person_id, '残疾证号', g.record_id, g.certificate_number, null, '残联无此人', null, '须看残疾证', '国扶登记了残疾证号'
    from one_each g where g.role = 'poverty' and length(g.certificate_number) >= 20
        and g.person_id not in (select person_id from rec where role = 'disability' or role = 'student' and disability_type <> '无')
        and g.person_id not in (select person_id from perhaps where role = 'disability')
        and exists (select 1 from rec where role = 'disability')
    """,
    # One finding for each system that says otherwise; the certificate's own number first.
    "disability_level_differs": f"""
    select d.person_id, '残疾类别和等级' as field, d.record_id as record_id_a, {_SHOWN.format(r="d")} as value_a,
        d.record_id as record_id_b, {_IN_NUMBER.format(n="d.certificate_number")} as value_b, 'a' as favoured,
        '以现行评定为准，证号可能未换' as why, '与残疾证号末两位不符' as message
    from certified d where length(d.certificate_number) >= 20
        and {_IN_NUMBER.format(n="d.certificate_number")} <> {_SHOWN.format(r="d")}
    union all
    select d.person_id, '残疾类别和等级', d.record_id, {_SHOWN.format(r="d")}, o.record_id,
        coalesce(case when o.role = 'poverty' then {_IN_NUMBER.format(n="o.certificate_number")} end, {_SHOWN.format(r="o")}),
        'a', '以残疾证为准', null
    from certified d join one_each o on d.person_id = o.person_id and o.role in ('poverty', 'student')
    where (o.disability_type <> '无' and o.disability_type <> '其他' and o.disability_type <> d.disability_type
        or o.disability_level <> d.disability_level
        or o.role = 'poverty' and length(o.certificate_number) >= 20
            and {_IN_NUMBER.format(n="o.certificate_number")} <> {_SHOWN.format(r="d")}
            and o.certificate_number is distinct from d.certificate_number)
    union all
    select a.person_id, '残疾类别和等级', a.record_id, {_SHOWN.format(r="a")}, b.record_id, {_SHOWN.format(r="b")}, null,
        '须由残联注销其一', '一人两本有效残疾证'
    from rec a join rec b on a.person_id = b.person_id and a.record_id < b.record_id and a.role = 'disability' and b.role = 'disability'
    where a.certificate_state = 'valid' and b.certificate_state = 'valid' and {_SHOWN.format(r="a")} <> {_SHOWN.format(r="b")}
    """,
    "certificate_invalid_in_use": """
    select d.person_id, '残疾证' as field, d.record_id as record_id_a, n.name as value_a, o.record_id as record_id_b,
        coalesce(o.certificate_number, nullif(o.disability_type, '无'), o.health) as value_b, 'a' as favoured, '残联是发证机关' as why,
        t.name || '仍按残疾登记' as message
    from one_each d join one_each o on d.person_id = o.person_id and o.role in ('poverty', 'student')
        and (o.certificate_number is not null or o.disability_type <> '无' or contains(o.health, '残疾'))
    join certificate_names n on n.code = d.certificate_state join titles t on t.code = o.registry
    where d.role = 'disability' and d.certificate_state <> 'valid'
        and d.person_id not in (select person_id from certified)
    qualify row_number() over (partition by d.person_id order by o.precedence desc) = 1
    """,
    "severe_disability_unplaced": f"""
    select p.person_id, '安置' as field, d.record_id as record_id_a, {_SHOWN.format(r="d")} as value_a, null as record_id_b,
        '无在读学籍' as value_b, null as favoured, '须落实送教上门，或办理免学、缓学' as why, null as message
    from persons p join certified d on d.person_id = p.person_id
    where d.disability_level in ('1', '2') and p.whereabouts in ('severe_disability', 'unaccounted', 'dropped_out', 'not_promoted')
    """,
}
