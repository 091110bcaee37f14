-- A person, whether it is of a registered-poor family, and the township that answers for it, or 乡镇不明.
-- needs: persons
-- parameters: nowhere
-- gives: person_id varchar, in_cohort boolean, poverty boolean, home varchar
-- key: person_id
select person_id, in_cohort, coalesce(poverty, false) as poverty, coalesce(responsible_township, township, $nowhere) as home
from persons
