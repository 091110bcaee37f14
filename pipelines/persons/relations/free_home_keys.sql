-- Home keys of the free clusters, where no other cluster has the same. Cells that several have are told apart by their order, so that of rows
-- that are alike in everything as many keep their persons as there were.
-- needs: home_keys, free_clusters
-- gives: cluster bigint, key varchar
-- key: key
select cluster, home_key(key, row_number() over (partition by key order by cluster)) as key from home_keys join free_clusters using (cluster)
where clusters = 1 or are_cells(key)
