-- One row per record and ID number that is wrong, or that another of the person's records contradicts: what it says of a birthdate is no
-- discrepancy of its own.
-- needs: differing_values, relatives_ids, person_records
-- gives: record_id varchar, number varchar
-- key: none
select record_id_b as record_id, value_b as number from differing_values where field = 'id_number'
union all select record_id, number from relatives_ids
union all select record_id, id_number from person_records where id_status in ('bad_check', 'bad_date') and id_number is not null
