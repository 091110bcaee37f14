-- One row per person that an aid system knows: the school it names, null where it names none.
-- needs: person_records
-- gives: person_id varchar, school varchar
-- key: person_id
select person_id, min(school) as school from person_records where role = 'aid' group by person_id
