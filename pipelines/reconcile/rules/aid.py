"""Student aid: who is due and was not paid, who was paid and is not due. Blank is not 否 (docs/formats.md 1.5)."""

_NOT_HARD = "('不困难', '非困难', '不认定', '无')"

QUERIES = {
    # Of several terms the latest that anybody was paid for.
    "aid_due_unpaid": """
    with latest as (select max(term) as term from payments where not for_all and paid)
    select p.person_id, '资助' as field, p.evidence_record_id as record_id_a, '建档立卡在读' as value_a, u.record_id as record_id_b,
        case when u.record_id is null then '资助系统无记录' when u.earlier then '只有以前学期的发放' else '未发放' end as value_b,
        'a' as favoured, '国扶在册，学籍在读' as why, null as message
    from persons p
    left join (
        select person_id, bool_or(paid and (y.term is null or y.term >= coalesce(l.term, y.term))) as paid, bool_or(paid) as earlier,
            arg_max(record_id, (coalesce(y.term, date '1900-01-01'), record_id)) as record_id
        from payments y, latest l where not for_all group by person_id
    ) u using (person_id)
    where p.person_id in (select person_id from aid_due) and not coalesce(u.paid, false)
    """,
    "aid_paid_not_due": f"""
    select r.person_id, '资助' as field, min(r.record_id) as record_id_a, min(r.aid_item) as value_a, min(x.record_id) as record_id_b,
        coalesce('认定' || min(x.hardship), '非建档立卡，无困难认定') as value_b, 'b' as favoured, '国扶、残联、资助认定均不支持' as why,
        null as message
    from payments r join persons p using (person_id)
    left join rec x on x.person_id = r.person_id and x.role = 'aid' and x.aid_item is null and x.hardship in {_NOT_HARD}
    where r.paid and not r.for_all and not p.poverty
        and p.whereabouts_rule = 'student_record_open' and p.disability_level is null
        and p.person_id not in (select person_id from perhaps where role in ('aid', 'poverty', 'disability'))
        and not exists (select 1 from rec h where h.person_id = r.person_id and (
            h.poverty = 'yes' and h.role = 'aid' or h.hardship is not null and h.hardship not in {_NOT_HARD}
            or 'yes' in (h.low_income, h.destitute, h.orphan, h.disability_flag)))
    group by r.person_id
    """,
    # Not for a term in which the child was still there: whoever left since was rightly paid.
    "aid_paid_not_enrolled": """
    with gone as (
        select person_id, bool_or(student_state = 'in_school') as there,
            max(coalesce(state_date, case when student_state = 'graduated' then make_date(finished_year, 7, 1) end)) as since
        from rec where role = 'student' group by person_id
    ), dead as (
        select person_id, min(record_id) as record_id from rec where role = 'household' group by person_id
        having bool_or(register_state = 'deceased') and not bool_or(register_state = 'normal')
    )
    select r.person_id, '资助' as field, min(r.record_id) as record_id_a, min(r.aid_item) as value_a, any_value(d.record_id) as record_id_b,
        case when any_value(d.record_id) is null then '无在读学籍' else '户籍死亡注销' end as value_b, 'b' as favoured,
        case when any_value(d.record_id) is null then '学籍系统无在读记录' else '公安户籍为法定登记' end as why,
        case when any_value(d.record_id) is null then '资助已发放而学生无在读学籍' else '资助已发放而学生户籍已死亡注销' end as message
    from payments r join persons p using (person_id) left join gone g using (person_id) left join dead d using (person_id)
    where r.paid and p.in_cohort and p.person_id not in (select person_id from perhaps where role = 'student')
        and (d.record_id is not null
            or not coalesce(g.there, false) and (g.since is null or r.term is null or r.term >= g.since))
    group by r.person_id
    """,
    "aid_paid_twice": """
    select person_id, '资助' as field, min(record_id) as record_id_a, arg_min(aid_item, record_id) as value_a,
        max(record_id) as record_id_b, arg_max(aid_item, record_id) as value_b, null as favoured, '须核对发放名册' as why,
        coalesce(min(aid_term), '同一名册') || if(count(distinct aid_item) = 1, '同一项目发放 ', '同类项目发放 ') || count(*) || ' 次' as message
    from payments where paid
    group by person_id, item, coalesce(term::varchar, aid_term, file) having count(*) > 1
    """,
    # The payments of one system against the families that the other has recognised; whom nobody at all supports is told above.
    "aid_systems_differ": f"""
    with paid as (
        select person_id, arg_min(record_id, record_id) as record_id, arg_min(aid_item, record_id) as aid_item,
            bool_or(poverty = 'yes') as poor, bool_or(poverty = 'no') as not_poor
        from payments where paid and not for_all group by person_id
    ), recognised as (
        select person_id, arg_min(record_id, record_id) as record_id, bool_or(poverty = 'yes') as poor, bool_or(poverty = 'no') as not_poor,
            bool_or(hardship in {_NOT_HARD}) and person_id not in (select person_id from found where rule = 'aid_paid_not_due') as not_hard
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
