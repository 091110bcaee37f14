-- Descriptions of the clusters that are no known person by numbers.
-- needs: description_keys, number_owners
-- gives: cluster bigint, key varchar
-- key: key
select cluster, key from description_keys anti join number_owners using (cluster)
