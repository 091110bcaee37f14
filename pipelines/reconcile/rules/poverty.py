"""Who is registered poor, and with whom."""

QUERIES = {
    # One child, one finding: the student record's mark before the aid system's.
    "poverty_flag_differs": """
    select s.person_id, '建档立卡' as field, s.record_id as record_id_a, case s.poverty when 'yes' then '是' else '否' end as value_a,
        g.record_id as record_id_b, case when g.record_id is null then '国扶无此人' else '是' end as value_b,
        'b' as favoured, '国扶系统是建档立卡的名册' as why, case when bool_or(s.role = 'student') over same and bool_or(s.role = 'aid') over same
            then '学籍和资助系统相同' end as message
    from (select * from in_force where poverty is not null
        and (role = 'student' and student_state = 'in_school' or role = 'aid' and person_id not in (
            -- Two aid systems that say two things are a finding of their own.
            select person_id from rec where role = 'aid' group by person_id having count(distinct poverty) > 1))) s
    left join (select person_id, min(record_id) as record_id from rec where role = 'poverty' group by person_id) g using (person_id)
    where (s.poverty = 'yes') <> (g.record_id is not null) and exists (select 1 from rec where role = 'poverty')
        and (g.record_id is not null or s.person_id not in (select person_id from perhaps where role = 'poverty'))
    window same as (partition by s.person_id)
    qualify row_number() over (partition by s.person_id order by s.precedence) = 1
    """,
    # Of the people that either register has in the child's household, not one in the other's; households of one prove nothing.
    "household_differs": """
    with pairs as (
        select a.person_id, a.household as poor_home, b.household as home
        from homes_of a join homes_of b on a.person_id = b.person_id and a.role = 'poverty' and b.role = 'household'
    ), sizes as (
        select role, household, count(*) as people from homes_of group by all
    ), candidates as (
        select p.* from pairs p join persons c using (person_id)
        join sizes g on g.role = 'poverty' and g.household = p.poor_home and g.people > 1
        join sizes h on h.role = 'household' and h.household = p.home and h.people > 1
        where c.in_cohort
    ), together as (
        select c.person_id from candidates c
        join homes_of x on x.role = 'poverty' and x.household = c.poor_home and x.person_id <> c.person_id
        join homes_of y on y.role = 'household' and y.household = c.home and y.person_id = x.person_id
    ), known as (  -- of the household's others somebody must be in the other register at all
        select c.person_id from candidates c
        join homes_of x on x.role = 'poverty' and x.household = c.poor_home and x.person_id <> c.person_id
        join homes_of y on y.role = 'household' and y.person_id = x.person_id
    )
    select c.person_id, '家庭' as field, g.record_id as record_id_a, '户编号 ' || c.poor_home as value_a, h.record_id as record_id_b,
        '户号 ' || c.home as value_b, 'b' as favoured, '公安户籍为法定登记' as why, '两处同户的人没有一个相同' as message
    from candidates c
    join one_each g on g.person_id = c.person_id and g.role = 'poverty'
    join one_each h on h.person_id = c.person_id and h.role = 'household'
    where c.person_id not in (select person_id from together) and c.person_id in (select person_id from known)
    qualify row_number() over (partition by c.person_id order by c.poor_home, c.home) = 1
    """,
}
