-- The household of a person: its number in the police register, or else in another that has one.
-- needs: records, identities
-- gives: person_id varchar, household varchar
-- key: person_id
select i.person_id, concat(r.registry, ' ', r.household) as household
from identities i join records r using (record_id)
where r.household is not null
qualify row_number() over (partition by i.person_id order by r.registry <> 'huji', r.registry, r.household) = 1
