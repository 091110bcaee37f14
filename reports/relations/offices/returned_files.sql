-- A file or sheet that an office sent, and what became of it.
-- needs: files, systems, statuses
-- gives: system varchar, file varchar, sheet varchar, status_name varchar, rows integer, accepted integer, quarantined integer, message varchar
-- key: none
select title as system, f.file, f.sheet, status_name, f.rows, accepted, quarantined, f.message
from files f left join systems using (registry) left join statuses using (status) order by f.registry, f.file, f.sheet
