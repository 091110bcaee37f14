-- Merges and splits of persons, and persons known again without their numbers: tonight's after the earlier ones.
-- A row or a key that moved to another person: the person it was of was merged where it is gone, and was split where it is still there.
-- needs: earlier_events, moved_keys, moved_rows, number_keys, person_of_cluster, description_owners, home_owners
-- parameters: as_of
-- gives: as_of date, event varchar, person_id varchar, other_person_id varchar, keys integer
-- key: none
with moved as (
    select person_id, other_person_id, max(keys) as keys from (from moved_keys union all from moved_rows) group by all
), happened as (
    select 1 as part, row_number() over () as place, as_of, event, person_id, other_person_id, keys from earlier_events
    union all
    select 2, row_number() over (order by person_id, other_person_id), $as_of::date,
        case when person_id in (select person_id from person_of_cluster) then 'split' else 'merged' end, person_id, other_person_id, keys
    from moved
    union all
    select 3, row_number() over (order by person_id), $as_of::date, 'known_again', person_id, person_id, 1
    from (from description_owners union all from home_owners) where cluster in (select cluster from number_keys)
)
select as_of, event, person_id, other_person_id, keys from happened
qualify row_number() over (partition by as_of, event, person_id, other_person_id, keys order by part, place) = 1
order by part, place
