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

-- Name, birthdate and village as a key.
create or replace temp macro description(name, birthdate, township, village) as
    concat('who:', name, '|', birthdate, '|', township, '|', village);

-- What a row is known by at home (relation home_keys); of all but its cells none where guardian or village is not known. They are kept nowhere:
-- tonight's are compared with those of the night before. Two IDs that differ in one digit are not of two people: the check digit (GB 11643)
-- would differ, too.
create or replace temp macro keys_at_home(registry, source_key, id_number, name, birthdate, township, village, guardian, school) as
    list_filter(list_concat([
        concat_ws('|', 'cells:' || registry, coalesce(source_key, ''), coalesce(id_number, ''), coalesce(name, ''), coalesce(birthdate::varchar, ''),
            coalesce(township, ''), coalesce(village, ''), coalesce(guardian, ''), coalesce(school, '')),
        'named:' || guardian || '|' || township || '|' || village || '|' || name,
        'born:' || guardian || '|' || township || '|' || village || '|' || birthdate
    ], list_transform(range(1, 19), lambda place: 'digits:' || guardian || '|' || township || '|' || village || '|'
        || if(length(id_number) = 18, id_number[:place - 1] || '*' || id_number[place + 1:], null))
    ), lambda key: key is not null);
create or replace temp macro are_cells(key) as starts_with(key, 'cells:');
create or replace temp macro home_key(key, place) as if(are_cells(key), key || '#' || place, key);
