-- Name, birthdate and village of a cluster, where no other cluster has the same.
-- needs: clustered
-- gives: cluster bigint, key varchar
-- key: key
with descriptions as (
    select distinct cluster, description(name, birthdate, township, village) as key
    from clustered where name is not null and birthdate is not null
)
select cluster, key from descriptions qualify count(*) over (partition by key) = 1
