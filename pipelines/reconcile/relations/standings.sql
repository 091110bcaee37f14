-- One row per night and township, all nights so far and tonight: the published table standings. Of a night gone by the standings
-- published then stay.
-- needs: earlier_standings, standings_tonight
-- parameters: as_of
-- gives: as_of date, week date, township varchar, listed integer, due integer, open_share double, county_open double, cleared integer,
--     clearance double, county_clearance double, standing varchar, streak integer
-- key: as_of, township
with newest as (
    select max(as_of) as as_of from earlier_standings
), known as (
    select e.* from earlier_standings e, newest n where e.as_of <> $as_of or n.as_of > $as_of
)
select * from known
union all by name
select * from standings_tonight where $as_of >= coalesce((select as_of from newest), $as_of)
order by as_of, township
