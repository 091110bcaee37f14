-- Keys that are another person's than they were: numbers, and descriptions that this person had not on the night before: if it had, the row
-- of the person that had it before has changed, and none has moved.
-- needs: known_keys, number_keys, description_keys, earlier_rows, person_of_cluster
-- gives: person_id varchar, other_person_id varchar, keys integer
-- key: person_id, other_person_id
with had as (
    select distinct description(name, birthdate, township, village) as key, person_id from earlier_rows
), tonight as (
    select key, person_id from number_keys join person_of_cluster using (cluster)
    union all
    select key, person_id from description_keys join person_of_cluster using (cluster) anti join had using (key, person_id)
)
select k.person_id, t.person_id as other_person_id, count(*)::int as keys
from tonight t join known_keys k using (key) where k.person_id <> t.person_id group by all
