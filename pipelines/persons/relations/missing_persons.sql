-- Keys of known persons whom nobody is by numbers tonight.
-- needs: known_keys, number_keys, number_owners
-- gives: key varchar, person_id varchar, before varchar
-- key: key
select key, person_id, before from known_keys
where person_id not in (
    select person_id from number_owners
    union all select k.person_id from known_keys k join number_keys using (key))
