-- Persons of the night before whom nobody is by numbers or description tonight.
-- needs: earlier_rows, missing_persons, description_owners
-- gives: person_id varchar
-- key: person_id
select distinct person_id from earlier_rows
where person_id in (select person_id from missing_persons) and person_id not in (select person_id from description_owners)
