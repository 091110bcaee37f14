-- One row per person that is more likely than not one with a person who is a pupil, or was until the end of compulsory education: a look at the
-- records, or one call to the school, settles that. A person outside the cohort has no whereabouts, but may have a student record.
-- needs: likely_same_persons, persons
-- gives: person_id varchar
-- key: person_id
select distinct k.person_id
from likely_same_persons k
join persons o on o.person_id = k.other_id
where case when o.whereabouts is null then o.student_state in ('in_school', 'suspended')
    else o.whereabouts in ('enrolled', 'home_taught', 'suspended', 'graduated') end
