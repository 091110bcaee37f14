-- One row per person and registry: the person's preferred record there (record_ranks).
-- needs: person_records, record_ranks
-- gives: record_id varchar, person_id varchar, registry varchar, role varchar, precedence bigint, name varchar, id_number varchar,
--     id_status varchar, birthdate_column varchar, sex_column varchar, school varchar, level varchar, grade varchar, student_state varchar,
--     certificate_number varchar, certificate_state varchar, disability_type varchar, disability_level varchar, health varchar,
--     register_state varchar
-- key: person_id, registry
-- made: view
select record_id, person_id, registry, role, precedence, name, id_number,
    id_status, birthdate_column, sex_column, school, level, grade, student_state,
    certificate_number, certificate_state, disability_type, disability_level, health,
    register_state
from person_records anti join (from record_ranks where not preferred) others using (precedence)
