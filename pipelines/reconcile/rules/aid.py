"""Student aid: who is due and was not paid, who was paid and is not due. Blank is not 否 (formats.md 1.5)."""

from pipelines.reconcile.said import FOR_ALL

_PAID = "role = 'aid' and aid_item is not null and coalesce(aid_paid, 'yes') = 'yes'"
_NOT_HARD = "('不困难', '非困难', '不认定', '无')"

QUERIES = {
    "aid_due_unpaid": f"""
    select p.person_id, '资助' as field, p.evidence_record_id as record_id_a, '建档立卡在读' as value_a,
        u.record_id as record_id_b, case when u.record_id is null then '资助系统无记录' else '未发放' end as value_b,
        'a' as favoured, '国扶在册，学籍在读' as why, null as message
    from persons p
    left join (select person_id, bool_or(coalesce(aid_paid, 'yes') = 'yes') as paid, min(record_id) as record_id
        from rec where role = 'aid' and aid_item is not null and not {FOR_ALL} group by person_id) u using (person_id)
    where p.person_id in (select person_id from aid_due) and not coalesce(u.paid, false)
    """,
    "aid_paid_not_due": f"""
    select r.person_id, '资助' as field, min(r.record_id) as record_id_a, min(r.aid_item) as value_a, null as record_id_b,
        '非建档立卡，无困难认定' as value_b, 'b' as favoured, '国扶、残联、资助认定均无此人' as why, null as message
    from rec r join persons p using (person_id)
    where r.role = 'aid' and r.aid_item is not null and coalesce(r.aid_paid, 'yes') = 'yes' and not {FOR_ALL} and not p.poverty
        and p.whereabouts_rule = 'student_record_open' and p.disability_level is null
        and not exists (select 1 from rec x where x.person_id = r.person_id and (
            x.poverty = 'yes' and x.role = 'aid' or x.hardship is not null and x.hardship not in {_NOT_HARD}
            or 'yes' in (x.low_income, x.destitute, x.orphan, x.disability_flag)))
    group by r.person_id
    """,
    "aid_paid_not_enrolled": """
    select r.person_id, '资助' as field, min(r.record_id) as record_id_a, min(r.aid_item) as value_a, null as record_id_b,
        '无在读学籍' as value_b, 'b' as favoured, '学籍系统无在读记录' as why, '资助已发放而学生无在读学籍' as message
    from rec r join persons p using (person_id)
    where r.role = 'aid' and r.aid_item is not null and coalesce(r.aid_paid, 'yes') = 'yes'
        and p.in_cohort and p.person_id not in (select person_id from rec where student_state = 'in_school')
        and p.person_id not in (select person_id from perhaps where role = 'student')
    group by r.person_id
    """,
    "aid_paid_twice": f"""
    select person_id, '资助' as field, min(record_id) as record_id_a, aid_item as value_a, max(record_id) as record_id_b,
        aid_item as value_b, null as favoured, '须核对发放名册' as why, coalesce(aid_term, '同一名册') || '同一项目发放 ' || count(*) || ' 次' as message
    from rec where {_PAID}
    group by person_id, aid_item, aid_term, case when aid_term is null then file end having count(*) > 1
    """,
    # The payments of one system against the families that the other has recognised.
    "aid_systems_differ": f"""
    with paid as (
        select person_id, arg_min(record_id, record_id) as record_id, arg_min(aid_item, record_id) as aid_item,
            bool_or(poverty = 'yes') as poor, bool_or(poverty = 'no') as not_poor
        from rec where {_PAID} and not {FOR_ALL} group by person_id
    ), recognised as (
        select person_id, arg_min(record_id, record_id) as record_id, bool_or(poverty = 'yes') as poor, bool_or(poverty = 'no') as not_poor,
            bool_or(hardship in {_NOT_HARD}) as not_hard
        from rec where role = 'aid' and aid_item is null group by person_id
    )
    select p.person_id, '资助认定' as field, p.record_id as record_id_a, p.aid_item || case when p.poor then '，建档立卡' when p.not_poor
        then '，非建档立卡' else '' end as value_a, r.record_id as record_id_b,
        case when r.not_hard then '认定不困难' when r.poor then '建档立卡' else '非建档立卡' end as value_b,
        case when r.not_hard then null when coalesce(p.poor, false) = g.poverty then 'a' else 'b' end as favoured,
        case when g.poverty then '国扶在册' else '国扶无此人' end as why, null as message
    from paid p join recognised r using (person_id) join persons g using (person_id)
    where r.not_hard or p.poor and r.not_poor or p.not_poor and r.poor
    """,
}
