-- Home keys of the clusters that are no known person by numbers or description, where no other cluster has the same. Cells that several have
-- are told apart by their order, so that of rows that are alike in everything as many keep their persons as there were.
-- needs: home_keys, number_owners, description_owners
-- gives: cluster bigint, key varchar
-- key: key
select cluster, home_key(key, row_number() over (partition by key order by cluster)) as key from home_keys
where (clusters = 1 or are_cells(key)) and cluster not in (select cluster from number_owners union all select cluster from description_owners)
