-- The person of each record.
-- needs: clustered, person_of_cluster
-- gives: person_id varchar, record_id varchar, registry varchar, file varchar, sheet varchar, row integer
-- key: record_id
select person_id, record_id, registry, file, sheet, row
from clustered join person_of_cluster using (cluster) order by person_id, record_id
