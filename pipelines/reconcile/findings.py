"""Discrepancies between registries: one SQL query a rule, over ``rec`` (records with person and role) and ``persons``.

Each query yields person_id, field, record_id_a, value_a, record_id_b, value_b, message; the rest (severity, township,
registries, number) is the same for all and added here. What each rule means stands in ``schemas.rules``.
"""

import duckdb
import pyarrow as pa

from schemas.rules import RULES


def _pair_differs(field: str, label: str, shown: str | None = None, also: str = "true") -> str:
    """Two records of one person that say different things, the higher authority's first."""
    value = shown or "@" + field
    return f"""
    select a.person_id, '{label}' as field, a.record_id as record_id_a, {value.replace("@", "a.")} as value_a,
        b.record_id as record_id_b, {value.replace("@", "b.")} as value_b, null as message
    from one_each a join one_each b on a.person_id = b.person_id and (a.authority, a.registry) < (b.authority, b.registry)
    where a.{field} <> b.{field} and {also}
    """


def _single(role: str, field: str, value: str, condition: str, message: str) -> str:
    """One record that is wrong by itself."""
    return f"""
    select person_id, '{field}' as field, record_id as record_id_a, {value} as value_a, null as record_id_b,
        null as value_b, '{message}' as message
    from rec where {"role = '" + role + "' and " if role else ""}{condition}
    """


# Only the registry nearest to the legal record is compared with the others, else one wrong date gives six findings.
_QUERIES: dict[str, str] = {
    "name_differs": _pair_differs("name", "姓名", "@name", "a.is_first and b.name is distinct from a.former_name"),
    "id_differs": _pair_differs("id_number", "身份证号", "@id_number", "a.is_first"),
    # A wrong ID explains a wrong birthdate that was read off it: one cause, one finding.
    "birthdate_differs": _pair_differs(
        "birthdate", "出生日期", "@birthdate::varchar", "a.is_first and b.birthdate_from = 'column'"
    ),
    "sex_differs": _pair_differs("sex", "性别", "@sex", "a.is_first and b.id_status <> 'borrowed'"),
    "township_differs": _pair_differs("township", "户籍乡镇", "@township", "a.is_first and b.role in ('poverty', 'disability')"),
    "id_invalid": _single(
        "",
        "身份证号",
        "id_raw",
        "id_status in ('bad_check', 'bad_date', 'lost_precision', 'truncated', 'malformed', 'placeholder', 'student_number', 'borrowed')",
        "证件号无效、残缺或属于他人",
    ),
    "id_missing": _single("", "身份证号", "null", "id_status = 'missing'", "未填证件号"),
    "id_shared": """
    select a.person_id, '身份证号' as field, a.record_id as record_id_a, a.id_number as value_a, b.record_id as record_id_b,
        b.id_number as value_b, '同一系统内两人登记同一证件号' as message
    from rec a join rec b on a.registry = b.registry and a.id_number = b.id_number and a.person_id < b.person_id
    """,
    "double_household_registration": """
    select a.person_id, '户籍' as field, a.record_id as record_id_a, a.id_number as value_a, b.record_id as record_id_b,
        b.id_number as value_b, '一人两条有效户籍' as message
    from rec a join rec b on a.person_id = b.person_id and a.role = 'household' and b.role = 'household'
        and a.record_id < b.record_id and a.register_state = 'normal' and b.register_state = 'normal'
    union all
    -- Two valid numbers are never joined unseen; where all else agrees the police are asked.
    select a.person_id, '户籍', a.record_id, a.id_number, b.record_id, b.id_number, '疑似一人两条有效户籍，须公安核实'
    from links l join rec a on a.record_id = l.record_id_l join rec b on b.record_id = l.record_id_r
    where l.decision = 'possible' and a.role = 'household' and b.role = 'household'
        and a.register_state = 'normal' and b.register_state = 'normal'
    """,
    "double_student_status": """
    select a.person_id, '学籍' as field, a.record_id as record_id_a, a.school as value_a, b.record_id as record_id_b,
        b.school as value_b, '一人两条在读学籍' as message
    from rec a join rec b on a.person_id = b.person_id and a.role = 'student' and b.role = 'student'
        and a.record_id < b.record_id and a.student_state = 'in_school' and b.student_state = 'in_school'
    """,
    "in_school_claim_unsupported": """
    select r.person_id, '在校生状况' as field, r.record_id as record_id_a, n.name as value_a, null as record_id_b,
        '无在读学籍' as value_b, null as message
    from rec r join persons p using (person_id) join claim_names n on n.code = r.school_claim
    where r.role = 'poverty' and r.school_claim in ('primary', 'junior')
        and p.whereabouts in ('unaccounted', 'dropped_out', 'not_promoted', 'severe_disability')
    """,
    "not_in_school_claim_contradicted": """
    select r.person_id, '在校生状况' as field, r.record_id as record_id_a,
        coalesce(r.dropout_reason, n.name, '空') as value_a, p.evidence_record_id as record_id_b, '在读' as value_b,
        null as message
    from rec r join persons p using (person_id) left join claim_names n on n.code = r.school_claim
    where r.role = 'poverty' and p.whereabouts = 'enrolled'
        and (r.school_claim is null or r.school_claim = 'none' or r.dropout_reason is not null)
    """,
    "poverty_flag_differs": """
    select s.person_id, '建档立卡' as field, s.record_id as record_id_a, case s.poverty when 'yes' then '是' else '否' end as value_a,
        g.record_id as record_id_b, case when g.record_id is null then '国扶无此人' else '是' end as value_b, null as message
    from (select * from rec where role = 'student' and student_state = 'in_school' and poverty is not null) s
    left join (select person_id, min(record_id) as record_id from rec where role = 'poverty' group by person_id) g
        using (person_id)
    where (s.poverty = 'yes') <> (g.record_id is not null)
    """,
    "disability_not_in_student_record": """
    select d.person_id, '残疾类别' as field, d.record_id as record_id_a, d.disability_type as value_a,
        s.record_id as record_id_b, coalesce(s.disability_type, '空') as value_b, null as message
    from rec d join rec s on d.person_id = s.person_id and s.role = 'student' and s.student_state = 'in_school'
    where d.role = 'disability' and d.certificate_state = 'valid' and coalesce(s.disability_type, '无') = '无'
    """,
    "disability_without_certificate": """
    select s.person_id, '残疾类别' as field, s.record_id as record_id_a, s.disability_type as value_a,
        null as record_id_b, '无有效残疾证' as value_b, null as message
    from rec s where s.role = 'student' and s.student_state = 'in_school' and s.disability_type <> '无'
        and not exists (select 1 from rec d where d.person_id = s.person_id and d.role = 'disability')
    """,
    "disability_level_differs": """
    select a.person_id, '残疾类别和等级' as field, a.record_id as record_id_a,
        concat(a.disability_type, a.disability_level, '级') as value_a, b.record_id as record_id_b,
        concat(b.disability_type, coalesce(b.disability_level || '级', '')) as value_b, null as message
    from rec a join rec b on a.person_id = b.person_id and a.role = 'disability' and a.certificate_state = 'valid'
        and b.role <> 'disability' and b.disability_type <> '无' and b.disability_type <> a.disability_type
    union all
    select person_id, '残疾类别和等级', record_id, concat(disability_type, disability_level, '级'), record_id,
        concat('证号末两位 ', substr(certificate_number, 19, 2)), '残疾等级与残疾证号不符'
    from rec where role = 'disability' and length(certificate_number) >= 20
        and substr(certificate_number, 20, 1) <> disability_level
    """,
    "certificate_invalid_in_use": """
    select d.person_id, '残疾证' as field, d.record_id as record_id_a, n.name as value_a,
        g.record_id as record_id_b, g.certificate_number as value_b, '国扶仍登记已失效的残疾证' as message
    from rec d join rec g on d.person_id = g.person_id and g.role = 'poverty' and g.certificate_number is not null
    join certificate_names n on n.code = d.certificate_state
    where d.role = 'disability' and d.certificate_state <> 'valid'
        and not exists (select 1 from rec v where v.person_id = d.person_id and v.role = 'disability' and v.certificate_state = 'valid')
    """,
    # Boarders of registered-poor households are due the boarding allowance; other pupils may be, on application.
    "aid_due_unpaid": """
    select p.person_id, '资助' as field, p.evidence_record_id as record_id_a, '建档立卡在读' as value_a,
        u.record_id as record_id_b, case when u.record_id is null then '资助系统无记录' else '未发放' end as value_b, null as message
    from persons p
    left join (select person_id, bool_or(coalesce(aid_paid, 'yes') = 'yes') as paid, min(record_id) as record_id
        from rec where role = 'aid' and aid_item is not null group by person_id) u using (person_id)
    where p.in_cohort and p.whereabouts = 'enrolled' and p.poverty and not coalesce(u.paid, false)
        and exists (select 1 from rec where role = 'aid' and aid_item is not null)
    """,
    "aid_paid_not_due": """
    select r.person_id, '资助' as field, min(r.record_id) as record_id_a, min(r.aid_item) as value_a, null as record_id_b,
        '无在读学籍' as value_b, '资助已发放而学生无在读学籍' as message
    from rec r join persons p using (person_id)
    where r.role = 'aid' and r.aid_item is not null and coalesce(r.aid_paid, 'yes') = 'yes'
        and p.whereabouts in ('unaccounted', 'dropped_out', 'not_promoted', 'severe_disability', 'left_register')
    group by r.person_id
    """,
    "aid_paid_twice": """
    select person_id, '资助' as field, min(record_id) as record_id_a, aid_item as value_a, max(record_id) as record_id_b,
        aid_item as value_b, '同一学期同一项目发放 ' || count(*) || ' 次' as message
    from rec where role = 'aid' and aid_item is not null and coalesce(aid_paid, 'yes') = 'yes'
    group by person_id, aid_item, aid_term having count(*) > 1
    """,
    "not_promoted": """
    select person_id, '升学' as field, evidence_record_id as record_id_a, '小学毕业' as value_a, null as record_id_b,
        '无初中学籍' as value_b, null as message
    from persons where whereabouts = 'not_promoted'
    """,
}

# One record a registry and person, and whether its registry is the person's highest authority.
_ONE_EACH = """
create temp table one_each as
select *, authority = min(authority) over (partition by person_id) as is_first from (
    select * from rec qualify row_number() over (partition by person_id, registry order by
        coalesce(student_state = 'in_school', false) desc, coalesce(register_state = 'normal', false) desc, record_id) = 1
)
"""

_NUMBERED = """
select f.rule || '-' || f.person_id || '-' || row_number() over (
        partition by f.rule, f.person_id order by f.field, f.record_id_a, f.record_id_b) as finding_id,
    f.person_id, f.rule, s.severity, f.field, a.registry as registry_a, f.value_a, b.registry as registry_b, f.value_b,
    p.responsible_township as township, f.record_id_a, f.record_id_b, p.in_cohort, f.message
from found f join persons p using (person_id) join severities s using (rule)
left join records a on a.record_id = f.record_id_a
left join records b on b.record_id = f.record_id_b
order by f.rule, f.person_id, finding_id
"""


def find_discrepancies(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """The table ``findings``. Needs ``records``, ``rec`` and ``persons`` in the connection."""
    con.execute(_ONE_EACH)
    con.execute("create temp table severities (rule varchar, severity varchar)")
    con.executemany("insert into severities values (?, ?)", [[r.code, r.severity] for r in RULES])
    union = "\nunion all by name\n".join(f"select '{rule}' as rule, * from ({query})" for rule, query in _QUERIES.items())
    con.execute(f"create temp table found as {union}")
    return con.sql(_NUMBERED).to_arrow_table()
