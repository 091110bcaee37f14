-- What a cluster is known by at home: guardian and village with the name, the birthdate or all but one digit of the ID; and the cells of
-- its rows. clusters: how many have the key.
-- needs: clustered, compared_guardians
-- gives: cluster bigint, key varchar, clusters bigint
-- key: cluster, key
select cluster, key, count(*) over (partition by key) as clusters from (
    select distinct cluster, unnest(keys_at_home(registry, source_key, id_number, name, birthdate, township, village, guardian, school)) as key
    from clustered where coalesce(guardian, '') in (from compared_guardians)
)
