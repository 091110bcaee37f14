-- Clusters that are no known person by numbers or description.
-- needs: clustered, number_owners, description_owners
-- gives: cluster bigint
-- key: cluster
select distinct cluster from clustered
where cluster not in (select cluster from number_owners union all select cluster from description_owners)
