-- Every key ever seen: whose it is now and, if it was another person's before, whose. Published as person_keys.
-- needs: known_keys, number_keys, description_keys, row_keys, person_of_cluster
-- gives: key varchar, person_id varchar, before varchar
-- key: key
with tonight as (
    select key, person_id
    from (from number_keys union all from description_keys union all from row_keys) join person_of_cluster using (cluster)
)
select key, t.person_id, nullif(case when k.person_id <> t.person_id then k.person_id else k.before end, t.person_id) as before
from tonight t left join known_keys k using (key)
union all
select key, person_id, before from known_keys anti join tonight using (key)
order by key
