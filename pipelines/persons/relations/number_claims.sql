-- Clusters that are a known person by their numbers.
-- needs: number_keys, known_keys
-- gives: cluster bigint, person_id varchar
-- key: cluster
select cluster, person_id from claims('number_keys', 'known_keys')
