-- Two registries that record where a household is registered have different townships for a person.
-- needs: differing_values
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id, value_b
select person_id, '户籍乡镇' as field, record_id_a, value_a, record_id_b, value_b, favoured, basis, basis_detail, null::varchar as message
from differing_values where field = 'township'
