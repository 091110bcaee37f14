-- The numbers a cluster is known by: its rows' own keys in their systems, and its ID numbers.
-- A number that stands in two clusters (an ID typed for two children) identifies neither.
-- needs: clustered
-- gives: cluster bigint, key varchar
-- key: key
with numbers as (
    select cluster, registry || ':' || source_key as key from clustered where source_key is not null
    union
    select cluster, 'id:' || id_number from clustered where id_number is not null
)
select cluster, key from numbers qualify count(*) over (partition by key) = 1
