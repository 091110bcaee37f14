-- One row per person and household of a register that records households (household register, poverty system).
-- needs: person_records
-- gives: person_id varchar, registry varchar, role varchar, household varchar
-- key: person_id, registry, household
select distinct person_id, registry, role, household from person_records where household is not null and role in ('household', 'poverty')
