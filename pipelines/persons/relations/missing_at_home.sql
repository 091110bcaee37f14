-- Home keys, on the night before, of the persons whom nobody is by numbers or description tonight; told apart as those of tonight.
-- needs: earlier_rows, compared_guardians, unseen_persons
-- gives: key varchar, person_id varchar, before varchar
-- key: key
with homes as (
    select person_id, key, count(*) over (partition by key) as persons from (
        select distinct person_id, unnest(keys_at_home(registry, source_key, id_number, name, birthdate, township, village, guardian, school)) as key
        from earlier_rows where coalesce(guardian, '') in (from compared_guardians)
    )
)
select home_key(key, row_number() over (partition by key order by person_id)) as key, person_id, null::varchar as before
from homes join unseen_persons using (person_id) where persons = 1 or are_cells(key)
