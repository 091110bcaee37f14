-- The persons of earlier nights that clusters of tonight may claim. keys_table: relation of (cluster, key); known_table: relation of
-- (key, person_id, before). One row a cluster and a person: of the persons that its keys were known by, the cluster takes the
-- one with most keys of its own (not come by a merger), then most keys; of the clusters that take one person, the one with more.
create or replace temp macro claims(keys_table, known_table) as table
with votes as (
    select cluster, person_id, count(*) filter (before is null) as own, count(*) as shared
    from query_table(keys_table) join query_table(known_table) using (key)
    group by all
), taken as (
    select * from votes qualify row_number() over (partition by cluster order by own desc, shared desc, person_id) = 1
)
select cluster, person_id from taken qualify row_number() over (partition by person_id order by own desc, shared desc, cluster) = 1;
