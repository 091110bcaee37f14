-- One row per active record (record_ranks): its values in the fields that two registries may differ in.
-- needs: person_records, record_ranks
-- gives: record_id varchar, person_id varchar, registry varchar, role varchar, precedence bigint, student_state varchar, poverty varchar,
--     name varchar, id_column varchar, birthdate_column varchar, sex_column varchar, township_column varchar
-- key: record_id
-- made: view
select record_id, person_id, registry, role, precedence, student_state, poverty,
    name, id_column, birthdate_column, sex_column, township_column
from person_records anti join (from record_ranks where not active) ended using (precedence)
