-- A record as it is shown where it is one side of a pair, or what a finding or a hint points to.
-- needs: records, identities, homes, unaccounted, registry_names
-- gives: record_id varchar, name varchar, id varchar, birthdate date, guardian varchar, school varchar, registry varchar, place varchar, address varchar, person_id varchar, in_cohort boolean, village varchar, home varchar, listed boolean
-- key: record_id
select r.record_id, r.name, coalesce(r.id_number, r.id_raw) as id, r.birthdate, r.guardian, r.school,
    coalesce(g.name, r.registry) as registry,
    nullif(concat(r.township, r.village), '') as place,
    concat_ws(' ', r.file, r.sheet, concat('第', r.row, '行')) as address,
    h.person_id, coalesce(h.in_cohort, false) as in_cohort, h.village,
    coalesce(h.home, r.township) as home,
    u.person_id is not null as listed
from records r
left join identities i using (record_id)
left join homes h using (person_id)
left join (select distinct person_id from unaccounted) u using (person_id)
left join registry_names g on g.code = r.registry
