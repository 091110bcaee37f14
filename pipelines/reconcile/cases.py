"""Cases: each listed child and each finding under a number of its own, with its story in a log that only grows.

The log (``case_log``) is carried from run to run; what a case is now, and what it was on any past night, is what its last
entry up to that night says. A run for a day before the log's last one looks back: it shows, and writes nothing.
"""

from collections.abc import Sequence
from datetime import date

import duckdb
import pyarrow as pa

from schemas.calendar import last_thursday, semester_start
from schemas.tables import TABLES

# What there is to be a case tonight. ``base``: what it is about; ``content``: the values shown, without addresses, which change
# with every export.
_FOUND = """
create temp table found_tonight as
select 'list/' || u.person_id as base, u.person_id as id, 'list' as kind, u.person_id, u.whereabouts as rule, u.township, u.village, p.registries,
    to_json({'name': u.name, 'id_number': u.id_number, 'birthdate': u.birthdate::varchar, 'sex': u.sex, 'guardian': u.guardian,
        'phone': u.phone, 'poverty': u.poverty, 'disability': u.disability, 'reason': u.reason})::varchar as content,
    null as value_a, null as value_b
from unaccounted u join persons p using (person_id)
union all
select concat_ws('/', f.rule, f.person_id, f.field, f.registry_a, f.registry_b),
    f.finding_id, 'finding', f.person_id, f.rule, f.township, f.village,
    concat_ws(',', f.registry_a, f.registry_b),
    to_json({'field': f.field, 'kind': f.kind, 'value_a': f.value_a, 'value_b': f.value_b, 'favoured': f.favoured,
        'why': f.why, 'message': f.message})::varchar,
    f.value_a, f.value_b
from findings f
"""

_BEFORE = """
create temp table before as
select * from case_log where as_of <= $as_of qualify row_number() over (partition by case_id order by entry desc) = 1
"""

# Several findings may be about the same (two wrong names of one child in one system): each goes on as the case that showed the same
# values; the others take up the cases that are left, open ones first, or begin new ones.
_TONIGHT = """
create temp table tonight as
with slots as (
    select regexp_replace(key, '/[0-9]+$', '') as base, regexp_extract(key, '[0-9]+$')::int as slot, event,
        content ->> 'value_a' as value_a, content ->> 'value_b' as value_b
    from before where kind = 'finding'
), same as (
    select f.id, s.base, s.slot from found_tonight f join slots s on s.base = f.base and s.value_a is not distinct from f.value_a
        and s.value_b is not distinct from f.value_b
    where f.kind = 'finding'
    qualify row_number() over (partition by f.id order by s.event = 'closed', s.slot) = 1
        and row_number() over (partition by s.base, s.slot order by f.id) = 1
), free as (
    select base, slot, row_number() over (partition by base order by event = 'closed', slot) as place
    from slots anti join same using (base, slot)
), other as (
    select *, row_number() over (partition by base order by value_a, value_b, id) as place
    from found_tonight anti join same using (id) where kind = 'finding'
), last as (
    select base, max(slot) as slot, count(*) filter (slot not in (select slot from same where same.base = slots.base)) as free
    from slots group by base
)
select f.* exclude (base, value_a, value_b), f.base || coalesce('/' || coalesce(s.slot, r.slot, coalesce(l.slot, 0) + o.place - coalesce(l.free, 0)), '') as key
from found_tonight f
left join same s on s.id = f.id and f.kind = 'finding'
left join other o on o.id = f.id and f.kind = 'finding'
left join free r on r.base = o.base and r.place = o.place
left join last l on l.base = o.base
"""

# How a listed child was cleared: where it is now, or why it is no longer asked about.
_CLEARED = """
case
    when p.person_id is null then coalesce('人员编号并入 ' || m.other_person_id, '各系统已无此人')
    when not p.in_cohort then '不在范围内（出生日期或户籍已更正）'
    else w.name || coalesce('（' || d.name || '）', '')
end
"""

# Rules both of whose values are cells; is one of the person's still what it was?
_OF_CELLS = "('name_differs', 'id_differs', 'birthdate_differs', 'sex_differs', 'township_differs', 'grade_impossible')"
_STILL = """
exists (select 1 from rec r where r.person_id = b.person_id and (b.content ->> 'value_{side}') in (
    r.name, r.id_number, r.id_raw, r.birthdate::varchar, r.sex, r.township, r.grade))
"""

_EVENTS = f"""
create temp table happened as
select t.* exclude (id), b.case_id, null as said,
    case when b.case_id is null then 'opened' when b.event = 'closed' then 'reopened' when b.content <> t.content then 'changed' end as event
from tonight t left join before b using (key)
union all by name
-- A township's answer stands by itself, whether it closes the case or not; beside it what the case shows tonight.
select b.key, b.kind, b.person_id, b.case_id, coalesce(t.rule, b.rule) as rule, coalesce(t.township, b.township) as township,
    coalesce(t.village, b.village) as village, coalesce(t.registries, b.registries) as registries, coalesce(t.content, b.content) as content,
    a.said, 'answered' as event
from before b
join (
    select l.case_id, a.answer || coalesce('（' || a.school || '）', '') || '，' || a.answered_on as said
    from answers a join before l on l.person_id = a.person_id and l.kind = 'list'
    union all select case_id, said from handled
) a using (case_id)
left join tonight t on t.key = b.key
where b.event <> 'closed' and not exists (
    select 1 from case_log l where l.case_id = b.case_id and l.event = 'answered' and l.as_of <= $as_of and l.said = a.said)
union all by name
-- A case stays open where a system that it rests on is missing tonight: nobody can see whether it is mended.
select b.key, b.kind, b.person_id, b.rule, b.township, b.village, b.registries, b.content, b.case_id,
    case when b.kind = 'list' then {_CLEARED} when p.person_id is null then coalesce('人员编号并入 ' || m.other_person_id, '各系统已无此人')
        when b.person_id in (select unnest([e.person_id, e.other_person_id]) from person_events e where e.event = 'split' and e.as_of = $as_of)
            then '人员认定有变：记录分给了另一人'
        when b.rule in {_OF_CELLS} and {_STILL.format(side="a")} and {_STILL.format(side="b")} then '登记未变，按比对日期和规则不再不一致'
        when b.rule in {_OF_CELLS} then '登记已更正'
        else '不再不一致' end as said,
    'closed' as event
from before b
left join persons p using (person_id)
left join whereabouts_names w on w.code = p.whereabouts
left join decision_words d on d.code = p.whereabouts_rule
left join (select person_id, min(other_person_id) as other_person_id from person_events where event = 'merged' group by person_id) m
    using (person_id)
where b.event <> 'closed' and b.key not in (select key from tonight)
    and not exists (select 1 from (select unnest(string_split(b.registries, ',')) as registry) r
        where r.registry <> '' and r.registry not in (select registry from there))
"""

# Numbers are given in the order of what the cases are about; entries follow one another.
_LOG = """
select * from case_log
union all
select (select coalesce(max(entry), 0) from case_log) + row_number() over (order by h.rank, h.case_id) as entry, $as_of as as_of,
    h.case_id, h.event, h.key, h.kind, h.person_id, h.rule, h.township, h.village, h.registries, h.said, h.content
from (
    select h.* exclude (case_id), coalesce(h.case_id, 'C' || lpad((last.number + row_number() over (
            partition by h.event = 'opened' order by h.key))::varchar, 7, '0')) as case_id,
        case h.event when 'answered' then 1 when 'closed' then 2 else 0 end as rank
    from happened h, (select coalesce(max(substr(case_id, 2)::int), 0) as number from case_log) last
    where h.event is not null
) h
order by entry
"""

# What a case is on a night: its last entry says whether it is open, the others since when and how often.
_CASES = """
select case_id, arg_max(kind, entry) as kind, arg_max(person_id, entry) as person_id, arg_max(rule, entry) as rule,
    arg_max(township, entry) as township, arg_max(village, entry) as village,
    case when arg_max(event, entry) = 'closed' then 'closed'
        -- What a township said of a child lapses with the semester.
        when max(as_of) filter (event = 'answered') >= max(as_of) filter (event in ('opened', 'reopened'))
            and (any_value(kind) = 'finding' or max(as_of) filter (event = 'answered') >= $semester) then 'answered'
        else 'open' end as state,
    min(as_of) as opened, max(as_of) filter (event in ('opened', 'reopened')) as since,
    (date_diff('day', max(as_of) filter (event in ('opened', 'reopened')),
        case when arg_max(event, entry) = 'closed' then max(as_of) else $as_of end) // 7)::int as weeks,
    arg_max(said, entry) filter (event = 'answered') as answer,
    case when arg_max(event, entry) = 'closed' then max(as_of) filter (event = 'closed') end as closed_on,
    case when arg_max(event, entry) = 'closed' then arg_max(said, entry) end as closed_by,
    (count(*) filter (event = 'reopened'))::int as reopened, arg_max(key, entry) as key
from case_log where as_of <= $as_of group by case_id order by case_id
"""

_CHANGES = """
select $period as period, $since as since, l.as_of, l.event, l.case_id, l.kind, l.person_id, l.rule, l.township, l.village, l.said
from case_log l where l.as_of > $since and l.as_of <= $as_of and l.event <> 'changed' order by l.entry
"""


def keep_cases(con: duckdb.DuckDBPyConnection, as_of: date, registries: Sequence[str]) -> dict[str, pa.Table]:
    """The tables ``case_log``, ``cases`` and ``changes``. Needs ``findings``, ``unaccounted``, ``persons``, ``person_events``,
    the earlier ``case_log``, ``answers`` and ``handled`` in the connection; ``registries``: those that are there tonight."""
    con.execute("create temp table there as select unnest($there) as registry", {"there": list(registries)})
    con.execute(_FOUND)
    con.execute(_BEFORE, {"as_of": as_of})
    con.execute(_TONIGHT)
    con.execute(_EVENTS, {"as_of": as_of})
    ((newest,),) = con.execute("select max(as_of) from case_log").fetchall()
    looks_back = newest is not None and newest > as_of
    log = (con.sql("select * from case_log") if looks_back else con.sql(_LOG, params={"as_of": as_of})).to_arrow_table()
    return {"case_log": log, **state_of(log, as_of)}


def number(con: duckdb.DuckDBPyConnection, table: str) -> pa.Table:
    """``findings`` or ``unaccounted`` with the numbers of their cases, and since when a child is listed; no number where a look back
    finds what no night found."""
    kind, own = ("list", "person_id") if table == "unaccounted" else ("finding", "finding_id")
    since = " replace (coalesce(c.opened, u.first_listed) as first_listed)" if table == "unaccounted" else ""
    return con.sql(
        f"""select u.*{since}, c.case_id from {table} u
        left join tonight t on t.kind = '{kind}' and t.id = u.{own} left join cases c on c.key = t.key order by u.{own}"""
    ).to_arrow_table()


def state_of(log: pa.Table, as_of: date) -> dict[str, pa.Table]:
    """``cases`` as they stood on the night ``as_of``, and the ``changes`` up to it since the run before and since Thursday."""
    with duckdb.connect() as con:
        con.register("case_log", log)
        cases = con.sql(_CASES, params={"as_of": as_of, "semester": semester_start(as_of)}).to_arrow_table()
        ((before,),) = con.execute("select max(as_of) from case_log where as_of < $as_of", {"as_of": as_of}).fetchall()
        periods = {"week": last_thursday(as_of)} | ({"run": before} if before else {})
        changes = [
            con.sql(_CHANGES, params={"period": period, "since": since, "as_of": as_of}).to_arrow_table().cast(TABLES["changes"])
            for period, since in periods.items()
        ]
    return {"cases": cases, "changes": pa.concat_tables(changes)}
