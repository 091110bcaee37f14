-- One row per area and indicator (schemas.indicators): the published table indicators. Areas: the county, each township, each village, each
-- school. The denominator is null where the figure is a count; where it is of the entrants' table (of_entrants), that of the year in
-- which this year's grade nine entered grade one, of the county its own row, where it has one, else the townships' sum.
-- needs: indicator_codes, indicator_conditions_that_hold, cohort_children, entrants
-- parameters: as_of, entered, unknown_township, unknown_village
-- gives: as_of date, level varchar, township varchar, village varchar, school varchar, code varchar, numerator integer,
--     denominator integer, share double
-- key: level, township, village, school, code
with alike as materialized (  -- children of one village and one school, counted in the same
    select home, village, school, codes, count(*) as children
    from cohort_children join indicator_conditions_that_hold using (person_id) group by all
), patterns as materialized (
    select 'county' as level, null as township, null as village, null as school, codes, sum(children) as children from alike group by codes
    union all select 'township', home, null, null, codes, sum(children) from alike group by home, codes
    union all select 'village', home, village, null, codes, sum(children) from alike group by home, village, codes
    union all select 'school', null, null, school, codes, sum(children) from alike where school is not null group by school, codes
), counts as (
    select level, township, village, school, condition, sum(children) as children
    from (select * exclude (codes), unnest(codes) as condition from patterns) group by all
), figures as (
    select a.level, a.township, a.village, a.school, i.code, coalesce(n.children, 0)::int as numerator,
        case when i.of_entrants then case
                when a.level = 'county' then (select coalesce(sum(e.entrants) filter (e.township is null), sum(e.entrants))
                    from entrants e where e.year = $entered)
                when a.level = 'township' then (select sum(e.entrants) from entrants e where e.year = $entered and e.township = a.township) end
            when i.of_children then coalesce(d.children, 0) end::int as denominator
    from (select distinct level, township, village, school from patterns) a
    cross join indicator_codes i
    left join counts n on n.condition = i.code || ' numerator' and n.level = a.level and n.township is not distinct from a.township
        and n.village is not distinct from a.village and n.school is not distinct from a.school
    left join counts d on d.condition = i.code || ' denominator' and d.level = a.level and d.township is not distinct from a.township
        and d.village is not distinct from a.village and d.school is not distinct from a.school
)
select $as_of as as_of, level, case when level in ('township', 'village') then coalesce(township, $unknown_township) end as township,
    case when level = 'village' then coalesce(village, $unknown_village) end as village, school, code, numerator, denominator, numerator / nullif(denominator, 0) as share
from figures
order by all
