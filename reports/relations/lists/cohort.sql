-- How many children of the cohort a township has of each whereabouts.
-- needs: homes
-- gives: township varchar, whereabouts varchar, children integer
-- key: township, whereabouts
select home as township, whereabouts, count(*)::int as children
from homes where in_cohort group by all order by all
