-- Numbers of the clusters that are no known person by them.
-- needs: number_keys, number_claims
-- gives: cluster bigint, key varchar
-- key: key
select cluster, key from number_keys anti join number_claims using (cluster)
