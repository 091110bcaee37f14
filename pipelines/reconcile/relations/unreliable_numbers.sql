-- One row per record and ID number whose implied birthdate is not reported separately: (a) a number other than the one nearest to the legal
-- record, (b) a relative's, (c) one with a wrong check digit or date.
-- needs: differing_values, relatives_ids, person_records
-- gives: record_id varchar, number varchar
-- key: none
select record_id_b as record_id, value_b as number from differing_values where field = 'id_number'
union all select record_id, number from relatives_ids
union all select record_id, id_number from person_records where id_status in ('bad_check', 'bad_date') and id_number is not null
