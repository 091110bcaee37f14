-- One row per record of the run before, with its person.
-- needs: earlier_records, earlier_identities
-- gives: person_id varchar, registry varchar, source_key varchar, id_number varchar, name varchar, birthdate date, township varchar, village varchar, guardian varchar, school varchar
-- key: none
select person_id, registry, source_key, id_number, name, birthdate, township, village, guardian, school
from earlier_records join earlier_identities using (record_id)
