-- One row per person with a record in an aid system: the school it names, null where it names none.
-- needs: person_records
-- gives: person_id varchar, school varchar
-- key: person_id
select person_id, min(school) as school from person_records where role = 'aid' group by person_id
