-- Something to know about a file that is about none of its rows.
-- needs: notices, systems
-- gives: system varchar, file varchar, sheet varchar, message varchar
-- key: none
select title as system, file, sheet, message
from notices left join systems using (registry) where rows = 0 order by registry, file, sheet, rule
