-- The person of each cluster: one known before, or a new one, numbered on in the order of their first keys.
-- needs: number_owners, description_owners, home_owners, row_keys, still_missing_persons, number_keys, description_keys, known_keys, earlier_events
-- gives: cluster bigint, person_id varchar
-- key: cluster
with owners as (
    from number_owners
    union all from description_owners
    union all from home_owners
    union all select cluster, person_id from claims('row_keys', 'still_missing_persons')
), newcomers as (
    select cluster, min(key) as first_key
    from (from number_keys union all from description_keys union all from row_keys) anti join owners using (cluster)
    group by cluster
), given as (
    select max(substr(person_id, 2)::bigint) as last from (
        select unnest([person_id, before]) as person_id from known_keys
        union all select unnest([person_id, other_person_id]) from earlier_events)
)
select cluster, person_id from owners
union all
select cluster, 'P' || lpad((coalesce(last, 0) + row_number() over (order by first_key))::varchar, 7, '0') from newcomers, given
