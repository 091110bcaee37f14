-- Guardians, empty for none, of both a free cluster and a person whom nobody is tonight: home keys of others can bring none together.
-- needs: clustered, free_clusters, earlier_rows, unseen_persons
-- gives: guardian varchar
-- key: guardian
select coalesce(guardian, '') as guardian from clustered join free_clusters using (cluster)
intersect
select coalesce(guardian, '') from earlier_rows join unseen_persons using (person_id)
