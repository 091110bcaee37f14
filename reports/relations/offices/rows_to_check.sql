-- A row that was accepted and should be looked at, with whom it is about.
-- needs: warnings, systems, checks, people
-- gives: system varchar, file varchar, sheet varchar, row integer, column_name varchar, name varchar, message varchar
-- key: none
select title as system, w.file, w.sheet, w.row, w."column" as column_name, r.name, c.message
from warnings w left join systems using (registry) left join checks c using (rule)
left join people r on r.registry = w.registry and r.file = w.file and r.sheet = w.sheet and r.row = w.row
order by w.registry, w.file, w.sheet, w.row, w.rule
