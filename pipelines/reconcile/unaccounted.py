"""The list of children a township must go and see, with what is known beside each: reason, hint, nearest candidate."""

import duckdb
import pyarrow as pa

from schemas.whereabouts import LISTED

# A possible link to a student record nobody has confirmed: the likeliest one stands beside the child.
_CANDIDATES = """
create temp table candidates as
with sides as (
    select record_id_l as mine, record_id_r as other, probability, evidence_text from links where decision = 'possible'
    union all
    select record_id_r, record_id_l, probability, evidence_text from links where decision = 'possible'
)
select m.person_id, o.record_id as candidate_record_id, s.probability,
    t.name || '《' || o.file || '》' || coalesce(nullif(o.sheet, '') || ' ', '') || '第' || o.row || '行'
        || coalesce('，' || o.school, '') || coalesce('，' || n.name, '') || '（' || s.evidence_text || '）' as candidate
from sides s
join rec m on m.record_id = s.mine
join rec o on o.record_id = s.other and o.role = 'student'
join titles t on t.code = o.registry
left join state_names n on n.code = o.student_state
where m.role <> 'student'
qualify row_number() over (partition by m.person_id order by s.probability desc, o.record_id) = 1
"""

# The first that holds; keys of schemas.whereabouts.REASONS.
_REASON = """
case
    when p.whereabouts_rule = 'verified_dropped' then 'dropped_out_verified'
    when p.whereabouts in ('dropped_out', 'not_promoted', 'severe_disability') then p.whereabouts
    when p.any_student_record then 'record_ended'
    when c.person_id is not null then 'key_damaged'
    when p.school_claim in ('vocational', 'senior', 'tertiary') then 'outside_system'
    else 'no_student_record'
end
"""

_LIST = f"""
select p.person_id, p.responsible_township as township, p.village, p.name, p.id_number, p.birthdate, p.sex, p.guardian,
    p.phone, p.poverty,
    case when p.disability_level is not null
        then coalesce(p.disability_type, '') || ['一', '二', '三', '四'][p.disability_level::int] || '级' end as disability,
    p.whereabouts, {_REASON} as reason,
    nullif(concat_ws('；',
        case when p.school_claim is not null and p.school_claim <> 'none' then '国扶登记为“' || cn.name || '”（仅供参考）' end,
        case when p.poverty and p.school_claim is null then '国扶未登记在校' end,
        '国扶失学辍学原因：' || p.dropout_reason,
        '学籍状态：' || sn.name || coalesce('（' || p.school || '）', ''),
        case when a.person_id is not null then '资助系统有记录：' || coalesce(a.school, '学校不详') end,
        '兄弟姐妹在读：' || s.school
    ), '') as hint,
    c.candidate, c.candidate_record_id, src.sources,
    p.as_of as first_listed
from persons p
left join candidates c using (person_id)
left join claim_names cn on cn.code = p.school_claim
left join state_names sn on sn.code = p.student_state
left join aided a using (person_id)
left join siblings s using (person_id)
left join sources src using (person_id)
where p.in_cohort and p.whereabouts in (select code from listed)
order by p.responsible_township nulls last, p.village nulls last, p.name, p.person_id
"""

_HELPERS = (
    """create temp table aided as
    select person_id, min(school) as school from rec where role = 'aid' group by person_id""",
    # An older or younger child of the same household who is at school: the school may know the family.
    """create temp table siblings as
    select r.person_id, min(p.school) as school
    from rec r join rec o on r.registry = o.registry and r.household = o.household and r.person_id <> o.person_id
    join persons p on p.person_id = o.person_id and p.student_state = 'in_school' and p.school is not null
    where r.role in ('household', 'poverty') group by r.person_id""",
    """create temp table sources as
    select person_id, string_agg(t.name || '《' || file || '》' || coalesce(nullif(sheet, '') || ' ', '') || '第' || row || '行', '；'
        order by record_id) as sources
    from rec join titles t on t.code = rec.registry
    where person_id in (select person_id from persons where whereabouts in (select code from listed)) group by person_id""",
)


def list_unaccounted(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """The table ``unaccounted``. Needs ``rec``, ``persons``, ``links`` in the connection. ``first_listed`` is tonight's until the case is known."""
    con.execute(_CANDIDATES)
    con.execute("create temp table listed as select unnest($listed) as code", {"listed": list(LISTED)})
    for helper in _HELPERS:
        con.execute(helper)
    return con.sql(_LIST).to_arrow_table()
