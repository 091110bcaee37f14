-- One row per township: whether it stands on the red or the black list tonight (plan, part 4 (二); schemas.indicators.RED_LIST_RULE and
-- BLACK_LIST_RULE). week: the report day that ends it; streak: weeks on end with that standing, this week counting on its report
-- day.
-- needs: indicators, earlier_standings
-- parameters: as_of, week, unknown_township
-- gives: as_of date, week date, township varchar, listed integer, due integer, open_share double, county_open double, cleared integer,
--     clearance double, county_clearance double, standing varchar, streak integer
-- key: township
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
    from shares where township <> $unknown_township  -- these children count in the county's share, and no township answers for them
), streaks as (
    select j.township, ($as_of = $week)::int + coalesce(min(w.back) - 1, (select count(distinct week) from weeks)) as streak
    from judged j
    left join (select township, standing, none, row_number() over (partition by township order by week desc) as back from weeks) w
        on w.township = j.township and (w.none or w.standing is distinct from j.standing)
    group by j.township
)
select $as_of as as_of, $week as week, j.township, j.listed, j.due, j.open_share, j.county_open, j.cleared, j.clearance, j.county_clearance,
    j.standing, case when j.standing is not null then s.streak::int end as streak
from judged j join streaks s using (township)
