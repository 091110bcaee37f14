-- A figure of an export that differs much from the last one's.
-- needs: drift, systems, levels
-- gives: system varchar, level_name varchar, message varchar
-- key: none
select title as system, level_name, message
from drift left join systems using (registry) left join levels using (level) order by rank, registry, measure, field, value
