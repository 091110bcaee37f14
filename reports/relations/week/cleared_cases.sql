-- How many children of a township were taken off the list this week, by what they were closed as.
-- needs: week_cases
-- gives: home varchar, cleared_as varchar, cases bigint
-- key: home, cleared_as
select home, cleared_as, count(*) as cases from week_cases where kind = 'list' and cleared group by all
