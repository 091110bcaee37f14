-- Keys that are another person's than they were: numbers; and descriptions of which no row was there on the night before, because a row
-- that was is compared itself (moved_rows).
-- needs: known_keys, number_keys, description_keys, earlier_rows, person_of_cluster
-- gives: person_id varchar, other_person_id varchar, keys integer
-- key: person_id, other_person_id
with there as (
    select distinct description(name, birthdate, township, village) as key from earlier_rows
)
select k.person_id, p.person_id as other_person_id, count(*)::int as keys
from (from number_keys union all from description_keys anti join there using (key)) t
join person_of_cluster p using (cluster) join known_keys k on k.key = t.key
where k.person_id <> p.person_id group by all
