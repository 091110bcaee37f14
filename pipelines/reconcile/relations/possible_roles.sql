-- One row per person and role of registry: roles in which a likely-same person (likely_same_persons) has a record.
-- needs: likely_same_persons, person_records
-- gives: person_id varchar, role varchar
-- key: person_id, role
select distinct k.person_id, o.role from likely_same_persons k join person_records o on o.person_id = k.other_id
