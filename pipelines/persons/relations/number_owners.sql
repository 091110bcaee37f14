-- Clusters that are a known person by their numbers, by those before a merger where no other claim holds.
-- needs: number_claims, unclaimed_number_keys, owners_before_mergers
-- gives: cluster bigint, person_id varchar
-- key: cluster
select cluster, person_id from number_claims
union all
select cluster, person_id from claims('unclaimed_number_keys', 'owners_before_mergers')
