-- One row per person that has a valid ID number (whole, check digit right): that of the record with the lowest precedence, and that record.
-- needs: person_records
-- gives: person_id varchar, number varchar, record_id varchar
-- key: person_id
select person_id, arg_min(id_number, precedence) as number, arg_min(record_id, precedence) as record_id
from person_records where id_number is not null and id_status in ('valid', 'certificate', 'fifteen') group by person_id
