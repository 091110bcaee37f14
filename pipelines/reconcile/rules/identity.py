"""Who it is: names, IDs, birthdates, sex, home, and one child registered twice.

A wrong ID explains a wrong birthdate or sex beside it, and a relative's ID explains that it differs: one cause, one finding.
"""

from pipelines.reconcile.registry_values import WRITTEN

# What the evidence says of two values where nothing else decides: the legal record, else the more systems.
_WEIGHED = """
    case when d.role_a = 'household' then 'a' when d.votes_b > d.votes_a then 'b' when d.votes_a > d.votes_b then 'a' end as favoured,
    case
        when d.role_a = 'household' and d.votes_b > d.votes_a then '公安户籍为法定登记；但另一值有 ' || d.votes_b || ' 个系统相同，户籍也可能有误'
        when d.role_a = 'household' then '公安户籍为法定登记' || case when d.votes_a > 1 then '，' || d.systems_a || '相同' else '' end
        when d.votes_b > d.votes_a then d.systems_b || '相同'
        when d.votes_a > d.votes_b then d.systems_a || '相同'
        else '各只有一个系统如此登记，须看户口簿'
    end as why
"""
_BIRTH_IN = "try_strptime(substr({}, 7, 8), '%Y%m%d')::date"
_SEX_IN = "case try_cast({n}[17] as int) % 2 when 1 then '男' when 0 then '女' end"

# One value in several systems is one finding.
_ONCE = "arg_min(r.record_id, r.precedence)"
_SAME = "case when count(distinct r.registry) > 1 then string_agg(distinct t.name, '、' order by t.name) || '登记相同' end"

# Records whose own number is wrong by comparison, whatever else is wrong with it.
_WRONG_NUMBER = """
    select record_id_b as record_id, value_b as number from differ_id_number
    union all select record_id, number from of_relative
    union all select record_id, id_number from rec where id_status in ('bad_check', 'bad_date') and id_number is not null
"""

QUERIES = {
    "name_differs": f"""
    select d.person_id, '姓名' as field, d.record_id_a, d.value_a, d.record_id_b, d.value_b,
        case when contains(d.value_b, '□') then 'a' when contains(d.value_a, '□') then 'b' else w.favoured end as favoured,
        case when contains(d.value_b, '□') or contains(d.value_a, '□') then '另一值有缺字' else w.why end as why,
        case when d.votes_b > 1 then d.systems_b || '登记为后一值' end as message
    from differ_name d, lateral (select {_WEIGHED}) w
    where not exists (select 1 from rec f where f.person_id = d.person_id and f.former_name in (d.value_a, d.value_b))
    """,
    "id_differs": """
    select d.person_id, '身份证号' as field, d.record_id_a, d.value_a, d.record_id_b, d.value_b,
        case when good_a and not good_b then 'a' when good_b and not good_a then 'b'
            when birth_a and not birth_b then 'a' when birth_b and not birth_a then 'b'
            when d.role_a = 'household' then 'a' when d.votes_b > d.votes_a then 'b' when d.votes_a > d.votes_b then 'a' end as favoured,
        case when good_a <> good_b then '另一号校验码不符'
            when birth_a <> birth_b then '与登记的出生日期相符'
            when d.role_a = 'household' then '公安户籍为法定登记'
            when d.votes_b > d.votes_a then d.systems_b || '相同'
            when d.votes_a > d.votes_b then d.systems_a || '相同'
            else '两号都有效，须看户口簿' end as why,
        case when d.votes_b > 1 then d.systems_b || '登记为后一值' end as message
    from (
        select d.*, a.id_status in ('valid', 'certificate', 'fifteen', 'student_number') as good_a,
            b.id_status in ('valid', 'certificate', 'fifteen', 'student_number') as good_b,
            p.birthdate is not null and strftime(p.birthdate, '%Y%m%d') = substr(d.value_a, 7, 8) as birth_a,
            p.birthdate is not null and strftime(p.birthdate, '%Y%m%d') = substr(d.value_b, 7, 8) as birth_b
        from differ_id_number d join rec a on a.record_id = d.record_id_a join rec b on b.record_id = d.record_id_b
        join persons p on p.person_id = d.person_id
    ) d
    where d.record_id_b not in (select record_id from of_relative) and d.record_id_a not in (select record_id from of_relative)
        and not exists (  -- two registers of one child are a double registration
            select 1 from rec x, rec y where x.person_id = d.person_id and y.person_id = d.person_id and x.role = 'household'
                and y.role = 'household' and x.register_state = 'normal' and y.register_state = 'normal'
                and x.id_number = d.value_a and y.id_number = d.value_b)
    """,
    "id_of_relative": """
    select r.person_id, '身份证号' as field, r.record_id as record_id_a, r.number as value_a, v.record_id as record_id_b,
        v.number as value_b, case when v.number is not null then 'b' end as favoured,
        case when v.number is not null then '本人证件号另有系统登记' else '须看户口簿' end as why, '登记的是' || r.whose || '的证件号' as message
    from of_relative r left join valid_id v on v.person_id = r.person_id and v.number <> r.number
    join rec m on m.record_id = r.record_id
    qualify row_number() over (partition by r.person_id, m.registry, r.number order by r.record_id, r.whose) = 1
    """,
    "birthdate_differs": f"""
    select d.person_id, '出生日期' as field, d.record_id_a, d.value_a, d.record_id_b, d.value_b,
        case when agree_a and not agree_b then 'a' when agree_b and not agree_a then 'b' else w.favoured end as favoured,
        case when agree_a <> agree_b then '与身份证号相符' else w.why end as why,
        case when d.votes_b > 1 then d.systems_b || '登记为后一值' end as message
    from (
        select d.*, coalesce({_BIRTH_IN.format("v.number")}::varchar = d.value_a, false) as agree_a,
            coalesce({_BIRTH_IN.format("v.number")}::varchar = d.value_b, false) as agree_b
        from differ_birthdate d left join valid_id v using (person_id)
    ) d, lateral (select {_WEIGHED}) w
    where not exists (select 1 from ({_WRONG_NUMBER}) n where n.record_id = d.record_id_b
        and {_BIRTH_IN.format("n.number")}::varchar = d.value_b)
    """,
    "sex_differs": f"""
    select d.person_id, '性别' as field, d.record_id_a, d.value_a, d.record_id_b, d.value_b,
        case when agree_a then 'a' when agree_b then 'b' else w.favoured end as favoured,
        case when agree_a or agree_b then '与身份证号相符' else w.why end as why,
        case when d.votes_b > 1 then d.systems_b || '登记为后一值' end as message
    from (
        select d.*, coalesce({_SEX_IN.format(n="v.number")} = d.value_a, false) as agree_a,
            coalesce({_SEX_IN.format(n="v.number")} = d.value_b, false) as agree_b
        from differ_sex d left join valid_id v using (person_id)
    ) d, lateral (select {_WEIGHED}) w
    where not exists (select 1 from of_relative n where n.record_id = d.record_id_b and length(n.number) = 18
        and {_SEX_IN.format(n="n.number")} = d.value_b)
    """,
    "township_differs": f"""
    select d.person_id, '户籍乡镇' as field, d.record_id_a, d.value_a, d.record_id_b, d.value_b, w.favoured, w.why, null as message
    from differ_township d, lateral (select {_WEIGHED}) w
    """,
    "birthdate_contradicts_id": f"""
    select r.person_id, '出生日期' as field, {_ONCE} as record_id_a, r.birthdate::varchar as value_a, {_ONCE} as record_id_b,
        r.id_number as value_b, null as favoured, '同一条记录自相矛盾，须看户口簿' as why, {_SAME} as message
    from rec r join titles t on t.code = r.registry
    where r.birthdate_from = 'column' and r.id_status in ('valid', 'certificate', 'fifteen') and r.id_number is not null
        and {_BIRTH_IN.format("r.id_number")} <> r.birthdate
        and not exists (select 1 from differ_birthdate d where d.person_id = r.person_id
            and r.birthdate::varchar in (d.value_a, d.value_b))
        and not exists (select 1 from differ_id_number d where d.person_id = r.person_id and r.id_number in (d.value_a, d.value_b))
        and r.record_id not in (select record_id from of_relative)
    group by r.person_id, r.birthdate, r.id_number
    """,
    "sex_contradicts_id": f"""
    select r.person_id, '性别' as field, {_ONCE} as record_id_a, r.sex as value_a, {_ONCE} as record_id_b,
        r.id_number as value_b, null as favoured, '同一条记录自相矛盾，须看户口簿' as why, {_SAME} as message
    from rec r join titles t on t.code = r.registry
    where r.sex_from = 'column' and r.id_status in ('valid', 'certificate', 'fifteen') and r.id_number is not null
        and {_SEX_IN.format(n="r.id_number")} <> r.sex
        and not exists (select 1 from differ_sex d where d.person_id = r.person_id and r.sex in (d.value_a, d.value_b))
        and not exists (select 1 from differ_id_number d where d.person_id = r.person_id and r.id_number in (d.value_a, d.value_b))
        and r.record_id not in (select record_id from of_relative)
    group by r.person_id, r.sex, r.id_number
    """,
    # A whole number that is wrong by itself is told where it differs from a right one.
    "id_invalid": f"""
    select r.person_id, '身份证号' as field, {_ONCE} as record_id_a, r.id_raw as value_a, v.record_id as record_id_b, v.number as value_b,
        case when v.number is not null then 'b' end as favoured,
        case when v.number is not null then '完整有效，校验码相符' else '没有别的号码可比，须看户口簿' end as why, {_SAME} as message
    from rec r join titles t on t.code = r.registry left join valid_id v on v.person_id = r.person_id
    where (r.id_status in ('lost_precision', 'truncated', 'malformed', 'placeholder', 'student_number')
        or r.id_status in ('bad_check', 'bad_date') and not exists (
            select 1 from differ_id_number d where d.person_id = r.person_id
                and coalesce(r.id_number, {WRITTEN}) in (d.value_a, d.value_b))
        -- The number is known by the certificate's alone.
        or r.id_status = 'certificate' and {WRITTEN} <> '' and length({WRITTEN}) not in (18, 20))
    group by r.person_id, r.id_raw, v.record_id, v.number
    """,
    "id_missing": f"""
    select r.person_id, '身份证号' as field, r.record_id as record_id_a, null as value_a, v.record_id as record_id_b, v.number as value_b,
        case when v.number is not null then 'b' end as favoured,
        case when v.number is not null then '别的系统有此人的有效证件号' else '各系统都没有，可能未落户' end as why, null as message
    from rec r left join valid_id v using (person_id)
    where r.id_status = 'missing' or r.id_status = 'certificate' and {WRITTEN} = ''
    qualify row_number() over (partition by r.person_id, r.registry order by r.record_id) = 1
    """,
    "id_shared": """
    select a.person_id, '身份证号' as field, a.record_id as record_id_a, a.id_number as value_a, b.record_id as record_id_b,
        b.id_number as value_b, null as favoured, '须看两人的户口簿' as why, '同一系统内两人登记同一证件号' as message
    from rec a join rec b on a.registry = b.registry and a.id_number = b.id_number and a.person_id <> b.person_id
    -- Shown to the township of the child of the cohort; of two such children to that of the first.
    join persons p on p.person_id = a.person_id join persons q on q.person_id = b.person_id
    where (p.in_cohort > q.in_cohort or p.in_cohort = q.in_cohort and p.person_id < q.person_id)
        and a.record_id not in (select record_id from of_relative) and b.record_id not in (select record_id from of_relative)
        and not exists (select 1 from likely_one k where k.person_id = a.person_id and k.other_id = b.person_id)
    """,
    "double_household_registration": """
    select a.person_id, '户籍' as field, a.record_id as record_id_a, a.id_number as value_a, b.record_id as record_id_b,
        b.id_number as value_b, null as favoured, '由公安机关认定保留哪一个' as why, '一人两条有效户籍' as message
    from rec a join rec b on a.person_id = b.person_id and a.role = 'household' and b.role = 'household'
        and a.record_id < b.record_id and a.register_state = 'normal' and b.register_state = 'normal'
    qualify dense_rank() over (partition by a.person_id order by a.record_id) = 1  -- each further one against the first
    union all
    -- Two valid numbers are never joined unseen; where all else agrees the police are asked.
    select a.person_id, '户籍', a.record_id, a.id_number, b.record_id, b.id_number, null, '由公安机关认定是否一人',
        '疑似一人两条有效户籍，须公安核实'
    from links l join rec a on a.record_id = l.record_id_l join rec b on b.record_id = l.record_id_r
    where l.decision = 'possible' and a.role = 'household' and b.role = 'household'
        and a.register_state = 'normal' and b.register_state = 'normal'
    """,
    "double_student_status": """
    select a.person_id, '学籍' as field, a.record_id as record_id_a, a.school as value_a, b.record_id as record_id_b,
        b.school as value_b, case when a.state_date > b.state_date then 'a' when b.state_date > a.state_date then 'b' end as favoured,
        case when a.state_date <> b.state_date then '学籍变动日期较晚' else '须到校核实' end as why, '一人两条在读学籍' as message
    from rec a join rec b on a.person_id = b.person_id and a.role = 'student' and b.registry = a.registry
        and a.record_id < b.record_id and a.student_state = 'in_school' and b.student_state = 'in_school'
    -- The same row twice is no second status.
    where a.student_number is distinct from b.student_number or a.student_number is null or a.school is distinct from b.school
    qualify dense_rank() over (partition by a.person_id, a.registry order by a.record_id) = 1  -- each further one against the first
    """,
}
