"""The published tables joined and put in order, as SQL: what the county sees of each list, and what a township sees.

``township`` is the one whose officer sees a row; it is null for what only the county may see.
"""

from schemas.rules import KEEPER

_HOMES = """
create temp table homes as
select person_id, name, id_number, village, in_cohort, whereabouts, coalesce(responsible_township, township) as home
from persons
"""

_COHORT = """
create temp table cohort as
select home as township, whereabouts, count(*)::int as children
from homes where in_cohort group by all order by all
"""

# A record seen as one side of a pair, or as what a finding or a hint points to.
_SIDES = """
create temp table sides as
select r.record_id, r.name, coalesce(r.id_number, r.id_raw) as id, r.birthdate, r.guardian, r.school,
    coalesce(g.name, r.registry) as registry,
    nullif(concat(r.township, r.village), '') as place,
    concat_ws(' ', r.file, r.sheet, concat('第', r.row, '行')) as address,
    h.person_id, coalesce(h.in_cohort, false) as in_cohort, h.village,
    coalesce(h.home, r.township) as home,
    u.person_id is not null as listed
from records r
left join identities i using (record_id)
left join homes h using (person_id)
left join (select distinct person_id from unaccounted) u using (person_id)
left join registry_names g on g.code = r.registry
"""

_LISTED = """
create temp table listed as
select u.* replace (
        coalesce(h.home, u.township) as township,
        w.name as whereabouts,
        case when u.poverty then '是' when not u.poverty then '否' end as poverty
    ),
    n.name as reason_name, k.weeks, k.answer,
    coalesce(c.home <> coalesce(h.home, u.township, ''), false) as candidate_elsewhere
from unaccounted u
left join homes h using (person_id)
left join cases k using (case_id)
left join sides c on c.record_id = u.candidate_record_id
join reasons n on n.code = u.reason
join whereabouts_names w on w.code = u.whereabouts
order by n.rank, township nulls last, u.village nulls last, u.name, u.person_id
"""

_PAIRS = """
create temp table pairs as
select
    -- One township on both sides, or on one while the other side has none: its officer may see the pair.
    case when coalesce(l.home, r.home) = coalesce(r.home, l.home) then coalesce(l.home, r.home) end as township,
    case when l.listed then l.village when r.listed then r.village when l.in_cohort then l.village else r.village end as village,
    case when k.probability >= 0.9 then '很可能' when k.probability >= 0.5 then '可能' else '存疑' end as likelihood,
    case when l.listed or r.listed then '是' else '否' end as listed,
    l.registry as registry_l, r.registry as registry_r, l.name as name_l, r.name as name_r, l.id as id_l, r.id as id_r,
    l.birthdate as birthdate_l, r.birthdate as birthdate_r, l.guardian as guardian_l, r.guardian as guardian_r,
    l.place as place_l, r.place as place_r, l.school as school_l, r.school as school_r,
    l.address as address_l, r.address as address_r, k.evidence_text, k.answer, k.record_id_l, k.record_id_r
from links k
join sides l on l.record_id = k.record_id_l
join sides r on r.record_id = k.record_id_r
where k.decision = 'possible' and (l.in_cohort or r.in_cohort)
-- Two persons are one question, however many of their records are alike: the likeliest pair is shown.
qualify row_number() over (partition by least(l.person_id, r.person_id), greatest(l.person_id, r.person_id)
    order by k.probability desc, k.record_id_l, k.record_id_r) = 1
order by (l.listed or r.listed) desc, k.probability desc, k.record_id_l, k.record_id_r
"""

# favoured_value: of the two the one that the evidence is for; where it is for neither, what must be looked at.
_FINDINGS = f"""
create temp table discrepancies as
select f.* replace (
        coalesce(h.home, f.township) as township,
        coalesce(h.village, f.village) as village,
        coalesce(ga.name, f.registry_a) as registry_a,
        coalesce(gb.name, f.registry_b) as registry_b
    ),
    h.name, h.id_number, o.answer, u.name as rule_name, u.advice,
    -- Who keeps the register that is to be mended.
    replace(u.owner, '{KEEPER}', case f.favoured when 'a' then coalesce(gb.keeper, ga.keeper) when 'b' then ga.keeper
        else concat_ws('、', ga.keeper, nullif(gb.keeper, ga.keeper)) end) as owner, s.name as severity_name,
    coalesce(d.name, f.field) as field_name, coalesce(k.name, f.kind) as kind_name,
    case f.favoured when 'a' then f.value_a when 'b' then f.value_b else if(contains(f.why, '户口簿'), '须看户口簿', '—') end as favoured_value,
    coalesce(a.person_id is distinct from f.person_id and a.home <> coalesce(h.home, f.township, ''), false) as a_elsewhere,
    coalesce(b.person_id is distinct from f.person_id and b.home <> coalesce(h.home, f.township, ''), false) as b_elsewhere
from findings f
left join homes h using (person_id)
left join sides a on a.record_id = f.record_id_a
left join sides b on b.record_id = f.record_id_b
left join cases o using (case_id)
left join registry_names ga on ga.code = f.registry_a
left join registry_names gb on gb.code = f.registry_b
left join field_names d on d.code = f.field
left join kind_names k on k.code = f.kind
join rule_names u on u.code = f.rule
join severities s on s.code = f.severity
where f.in_cohort
order by min(s.rank) over (partition by f.person_id), township nulls last, village nulls last, h.name nulls last,
    f.person_id, s.rank, f.rule, f.finding_id
"""

# What happened to the cases of children, once each, with the periods it falls in. A person that is gone is named by its last night
# on the list.
_CHANGES = """
create temp table events as
select e.as_of, v.name as event, e.case_id, coalesce(h.home, e.township) as township, coalesce(h.village, e.village) as village,
    e.person_id, coalesce(h.name, l.name) as name, n.name as kind_name, coalesce(w.name, u.name, e.rule) as rule_name, e.said,
    if(e.in_run, '是', '否') as in_run, if(e.in_week, '是', '否') as in_week
from (
    select * exclude (period, since), bool_or(period = 'run') as in_run, bool_or(period = 'week') as in_week from changes group by all
) e
left join homes h using (person_id)
left join (
    select case_id, arg_max(content ->> 'name', entry) as name from case_log
    where kind = 'list' and case_id in (select case_id from changes) group by case_id
) l using (case_id)
left join whereabouts_names w on e.kind = 'list' and w.code = e.rule
left join rule_names u on e.kind = 'finding' and u.code = e.rule
join event_names v on v.code = e.event
join case_kinds n on n.code = e.kind
where e.kind = 'list' or coalesce(h.in_cohort, true)
order by n.rank, v.rank, e.as_of desc, township nulls last, e.village nulls last, name nulls last, e.case_id
"""

VIEWS = (_HOMES, _COHORT, _SIDES, _LISTED, _PAIRS, _FINDINGS, _CHANGES)

LISTED_OF = """
select * replace (case when candidate_elsewhere then $elsewhere else candidate end as candidate)
from listed where township = $township
"""
PAIRS_OF = "select * from pairs where township = $township"
FINDINGS_OF = """
select * replace (
    case when a_elsewhere then $elsewhere else value_a end as value_a,
    case when b_elsewhere then $elsewhere else value_b end as value_b,
    case when a_elsewhere then $elsewhere else address_a end as address_a,
    case when b_elsewhere then $elsewhere else address_b end as address_b,
    case when a_elsewhere and favoured = 'a' or b_elsewhere and favoured = 'b' then $elsewhere else favoured_value end as favoured_value,
    case when a_elsewhere or b_elsewhere then $elsewhere else why end as why,
    case when a_elsewhere or b_elsewhere then $elsewhere else message end as message
) from discrepancies where township = $township
"""
# A number that another has taken up may be that of a child elsewhere.
CHANGES_OF = """
select * replace (case when starts_with(said, '人员编号并入') then '人员编号并入他人' else said end as said)
from events where township = $township
"""
COHORT_OF = "select * from cohort where township = $township"
