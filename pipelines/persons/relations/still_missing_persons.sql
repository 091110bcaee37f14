-- Keys of known persons whom nobody is by numbers, description or guardian tonight.
-- needs: missing_persons, description_owners, home_owners
-- gives: key varchar, person_id varchar, before varchar
-- key: key, person_id
select key, person_id, before from missing_persons
where person_id not in (select person_id from description_owners union all select person_id from home_owners)
