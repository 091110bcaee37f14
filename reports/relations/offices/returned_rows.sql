-- A row that was refused, and how to mend it.
-- needs: quarantine, systems
-- gives: system varchar, file varchar, sheet varchar, row integer, column_name varchar, message varchar
-- key: none
select title as system, file, sheet, row, "column" as column_name, message
from quarantine left join systems using (registry) where rule not in ('superseded')
order by registry, file, sheet, row
