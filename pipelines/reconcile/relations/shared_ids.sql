-- One row per record whose ID number stands in records of two or more persons.
-- needs: person_records
-- gives: record_id varchar, person_id varchar, registry varchar, role varchar, name varchar, id_number varchar, id_status varchar
-- key: record_id
select record_id, person_id, registry, role, name, id_number, id_status
from person_records semi join (
    select id_number from person_records where id_number is not null group by id_number having min(person_id) <> max(person_id)
) shared using (id_number)
