-- Keys of known persons whom nobody is by numbers tonight; also those that went to another person by a merger, because a merger may be undone.
-- needs: known_keys, number_keys, number_owners
-- gives: key varchar, person_id varchar, before varchar
-- key: key, person_id
with there as (
    select person_id from number_owners
    union all select k.person_id from known_keys k join number_keys using (key)
)
select key, person_id, before from known_keys where person_id not in (from there)
union all
select key, before, person_id from known_keys where before is not null and before not in (from there)
