-- Keys of known persons whom nobody is by numbers or description tonight.
-- needs: missing_persons, description_owners
-- gives: key varchar, person_id varchar, before varchar
-- key: key
select key, person_id, before from missing_persons where person_id not in (select person_id from description_owners)
