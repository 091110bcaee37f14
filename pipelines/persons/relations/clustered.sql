-- Tonight's records with the cluster that linking put them into.
-- needs: records, clusters
-- gives: record_id varchar, registry varchar, file varchar, sheet varchar, row integer, source_key varchar, id_number varchar, name varchar, birthdate date, township varchar, village varchar, guardian varchar, school varchar, cluster bigint
-- key: record_id
select record_id, registry, file, sheet, row, source_key, id_number, name, birthdate, township, village, guardian, school, cluster
from records join clusters using (record_id)
