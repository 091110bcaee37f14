-- One row per person with a valid certificate of disability: the preferred record of the registry.
-- needs: preferred_records
-- gives: person_id varchar, record_id varchar, certificate_number varchar, disability_type varchar, disability_level varchar
-- key: record_id
select person_id, record_id, certificate_number, disability_type, disability_level
from preferred_records where role = 'disability' and certificate_state = 'valid'
