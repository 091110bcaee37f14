-- Guardians of the free clusters, empty where there is none: nobody else's home keys are needed.
-- needs: clustered, free_clusters
-- gives: guardian varchar
-- key: guardian
select distinct coalesce(guardian, '') as guardian from clustered join free_clusters using (cluster)
