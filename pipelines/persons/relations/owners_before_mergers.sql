-- Keys with the person they were of before a merger, where nobody is that person by its numbers tonight.
-- needs: known_keys, number_claims
-- gives: key varchar, person_id varchar, before varchar
-- key: key
select key, before as person_id, null::varchar as before
from known_keys where before is not null and before not in (select person_id from number_claims)
