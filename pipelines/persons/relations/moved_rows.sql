-- Rows that are another person's than on the night before, with the same cells: also those whose numbers stand in several clusters and tell
-- nothing. Of rows that are alike, those whose persons are gone are taken to be those whose persons are new. Nearly all rows have the person
-- that they had, and are put aside by the hash of their cells before any are compared.
-- needs: earlier_rows, clustered, person_of_cluster
-- gives: person_id varchar, other_person_id varchar, keys integer
-- key: person_id, other_person_id
with seen as (
    select false as tonight, person_id, hash(registry, source_key, id_number, name, birthdate, township, village) as cells from earlier_rows
    union all
    select true, person_id, hash(registry, source_key, id_number, name, birthdate, township, village) from clustered join person_of_cluster using (cluster)
), by_person as (
    select cells, bool_or(tonight) as now, not bool_and(tonight) as before from seen group by cells, person_id
), other_persons as (  -- of rows that there were on both nights
    select cells from by_person group by cells having bool_or(now) and bool_or(before) and not bool_and(now and before)
), compared as (
    select false as tonight, person_id, registry, source_key, id_number, name, birthdate, township, village from earlier_rows
    where hash(registry, source_key, id_number, name, birthdate, township, village) in (from other_persons)
    union all
    select true, person_id, registry, source_key, id_number, name, birthdate, township, village from clustered join person_of_cluster using (cluster)
    where hash(registry, source_key, id_number, name, birthdate, township, village) in (from other_persons)
), alike as (
    select list_sort(list(distinct person_id) filter (not tonight)) as earlier, list_sort(list(distinct person_id) filter (tonight)) as now,
        count(*) filter (tonight) > count(*) filter (not tonight) as more
    from compared group by registry, source_key, id_number, name, birthdate, township, village
), changed as (
    select earlier, now, more, list_filter(earlier, lambda p: not list_contains(now, p)) as gone,
        list_filter(now, lambda p: not list_contains(earlier, p)) as come
    from alike where earlier is not null and now is not null
), pairs as (
    select unnest(if(gone = [], earlier[:1], gone)) as person_id, if(come = [], now[:1], come) as others
    from changed where gone <> [] or come <> [] and not more
)
select person_id, other_person_id, count(*)::int as keys
from (select person_id, unnest(others) as other_person_id from pairs) group by all
