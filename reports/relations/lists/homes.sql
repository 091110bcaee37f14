-- A person and the township that answers for it: that of its household registration where it is known.
-- needs: persons
-- gives: person_id varchar, name varchar, id_number varchar, village varchar, in_cohort boolean, whereabouts varchar, home varchar
-- key: person_id
select person_id, name, id_number, village, in_cohort, whereabouts, coalesce(responsible_township, township) as home
from persons
