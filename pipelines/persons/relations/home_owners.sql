-- Clusters known again at home: number and name were changed on one night, or the number of a child without birthdate.
-- needs: free_home_keys, missing_at_home
-- gives: cluster bigint, person_id varchar
-- key: cluster
select cluster, person_id from claims('free_home_keys', 'missing_at_home')
