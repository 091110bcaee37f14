-- The rows of a cluster that has neither a number nor a description of its own.
-- needs: clustered, number_keys, description_keys
-- gives: cluster bigint, key varchar
-- key: key
select cluster, 'row:' || registry || ':' || file || ':' || sheet || ':' || row as key
from clustered
where cluster not in (select cluster from number_keys union all select cluster from description_keys)
