-- Clusters known again by name, birthdate and village alone: their number was corrected or lost.
-- needs: free_description_keys, missing_persons
-- gives: cluster bigint, person_id varchar
-- key: cluster
select cluster, person_id from claims('free_description_keys', 'missing_persons')
