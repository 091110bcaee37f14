"""The plan's indicators per county, township, village and school, and the red and black list of townships."""

from datetime import date

import duckdb
import pyarrow as pa

from pipelines.reconcile.registry_values import VALUE_OF_FIELD
from schemas.calendar import last_thursday, school_year
from schemas.indicators import INDICATORS
from schemas.whereabouts import LISTED

_CORE = "('xueji', 'guofu', 'canlian')"
_FINAL_YEAR = 8  # years after grade one comes grade nine

# What every indicator is a condition of: one row a child of the cohort.
_CHILDREN = f"""
create temp table children as
select p.*, coalesce(p.responsible_township, '乡镇不明') as home,
    p.due and p.disability_type is not null and date_diff('year', p.birthdate, $as_of) - (strftime(p.birthdate, '%m%d')
        > strftime($as_of::date, '%m%d'))::int < 15 and p.whereabouts <> 'left_register' as disabled,
    p.whereabouts in (select unnest($listed)) as listed,
    coalesce(k.since > $thursday and k.state <> 'closed', false) as listed_week,
    coalesce(k.state = 'closed' and k.closed_on > $thursday, false) as cleared_week,
    coalesce(k.state = 'closed' and k.closed_on <= $thursday, false) as cleared_before,
    p.person_id in (select person_id from aid_due) as aid_due,
    exists (select 1 from findings f where f.person_id = p.person_id and f.rule = 'aid_due_unpaid') as aid_missing,
    coalesce(r.core, 0) > 1 as in_two, coalesce(r.core, 0) > 0 as in_one, coalesce(r.birthdates, 0) > 1 as two_birthdates,
    coalesce(r.sexes, 0) > 1 as two_sexes, same_name, same_birthdate, same_sex, same_id,
    coalesce(g.number = 9 and p.whereabouts in ('enrolled', 'home_taught', 'suspended')
        or p.whereabouts = 'graduated' and p.finished_school = $year + 1, false) as finishing
from persons p
left join (
    select person_id, count(*) as core, count({VALUE_OF_FIELD["birthdate"]}) as birthdates, count({VALUE_OF_FIELD["sex"]}) as sexes,
        count(distinct name) < 2 as same_name, count(distinct {VALUE_OF_FIELD["birthdate"]}) < 2 as same_birthdate,
        count(distinct {VALUE_OF_FIELD["sex"]}) < 2 as same_sex,
        count(distinct id_number) = 1 and bool_and(id_status in ('valid', 'certificate')) as same_id
    from one_each where registry in {_CORE} group by person_id
) r using (person_id)
left join (select * from cases where kind = 'list') k using (person_id)
left join grades g on g.grade = p.grade
where p.in_cohort
"""

_CORE_FINDINGS = f"""
create temp table core_findings as
select distinct person_id, rule from findings where registry_a in {_CORE} and coalesce(registry_b, registry_a) in {_CORE}
"""

_LEVELS = {
    "county": "null, null, null",
    "township": "home, null, null",
    "village": "home, coalesce(village, '村不明'), null",
    "school": "null, null, school",
}


def measure(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Leave the table ``indicators`` (``schemas.tables.INDICATORS``) in the connection. Needs ``persons``, ``rec``, ``grades``,
    ``one_each``, ``aid_due``, ``findings``, ``cases`` and ``intake``."""
    con.execute(_CHILDREN, {"as_of": as_of, "listed": list(LISTED), "thursday": last_thursday(as_of), "year": school_year(as_of)})
    con.execute(_CORE_FINDINGS)
    counts = [f"(count(*) filter ({i.numerator}))::int as n_{i.code}" for i in INDICATORS]
    counts += [
        f"(count(*) filter ({i.denominator}))::int as d_{i.code}"
        for i in INDICATORS
        if i.denominator and i.denominator != "intake"
    ]
    con.execute(
        "create temp table counted as "
        + " union all ".join(
            f"select '{level}' as level, {area.replace('null, null, null', 'null::varchar as township, null::varchar as village, null::varchar as school')},"
            f" {', '.join(counts)} from children c {'where school is not null' if level == 'school' else ''} group by 1, 2, 3, 4"
            for level, area in _LEVELS.items()
        )
    )
    year = school_year(as_of) - _FINAL_YEAR
    # Of the county: its own row, where there is one, else the townships' sum.
    intake = """(select case when c.level = 'county' then coalesce(sum(entrants) filter (township is null), sum(entrants))
        else sum(entrants) filter (township = c.township) end from intake i where i.year = $year)"""
    lines = []
    for i in INDICATORS:
        below = f"d_{i.code}" if i.denominator else "null"
        if i.denominator == "intake":
            below = f"case when c.level in ('county', 'township') then {intake} end"
        lines.append(
            f"select level, township, village, school, '{i.code}' as code, n_{i.code} as numerator, ({below})::int as denominator from counted c"
        )
    con.execute("create temp table indicators as with lines as (" + " union all ".join(lines) + """)
        select $as_of as as_of, level, township, village, school, code, numerator, denominator, numerator / nullif(denominator, 0) as share
        from lines order by all""", {"as_of": as_of, "year": year})  # fmt: skip


_STANDINGS = """
with now as (
    select township, max(numerator) filter (code = 'listed') as listed, max(denominator) filter (code = 'enrolment') as due,
        max(numerator) filter (code = 'cleared_this_week') as cleared
    from indicators where level = 'township' group by township
), shares as (
    select *, listed / nullif(due, 0) as open_share, cleared / nullif(listed + cleared, 0) as clearance,
        sum(listed) over () / nullif(sum(due) over (), 0) as county_open, sum(cleared) over () / nullif(sum(listed + cleared) over (), 0) as county_clearance
    from now
), weeks as (  -- of each earlier week the last night
    select township, week, arg_max(standing, as_of) as standing, arg_max(standing is null, as_of) as none
    from earlier_standings where week < $week group by all
), judged as (
    select *, case
        when listed = 0 or open_share < county_open and clearance > county_clearance then 'red'
        when open_share > county_open and (clearance < county_clearance or cleared = 0) and (select count(*) from weeks) > 0 then 'black'
    end as standing
    from shares where township <> '乡镇不明'  -- its children count in the county's share, and nobody answers for it
), streaks as (  -- this week counts on its Thursday
    select j.township, ($as_of = $week)::int + coalesce(min(w.back) - 1, (select count(distinct week) from weeks)) as streak
    from judged j
    left join (select township, standing, none, row_number() over (partition by township order by week desc) as back from weeks) w
        on w.township = j.township and (w.none or w.standing is distinct from j.standing)
    group by j.township
)
select $as_of as as_of, $week as week, j.township, j.listed, j.due, j.open_share, j.county_open, j.cleared, j.clearance, j.county_clearance,
    j.standing, case when j.standing is not null then s.streak::int end as streak
from judged j join streaks s using (township)
"""


def stand(con: duckdb.DuckDBPyConnection, as_of: date, week: date) -> pa.Table:
    """The table ``standings``: all nights before, and tonight; of a night gone by, what was said then stands. Needs ``indicators``
    and ``earlier_standings``; ``week``: the Thursday that ends it."""
    con.execute(f"create temp table tonight_standings as {_STANDINGS}", {"as_of": as_of, "week": week})
    return con.sql(
        """with newest as (select max(as_of) as as_of from earlier_standings), known as (
            select e.* from earlier_standings e, newest n where e.as_of <> $as_of or n.as_of > $as_of)
        select * from known union all by name
        select * from tonight_standings where $as_of >= coalesce((select as_of from newest), $as_of) order by as_of, township""",
        params={"as_of": as_of},
    ).to_arrow_table()
