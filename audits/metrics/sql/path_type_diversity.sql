-- One row a request: distinct types of the first paths of its items, of as many as there could be.
-- uses: scope, path_type_counts, path_types
select q.run_id, q.request_id, q.user_id,
    count(c.path_type) / nullif(least(max(c.n_paths), max(t.n_types)), 0) as metric_value
from scope q
left join path_type_counts c on c.run_id = q.run_id and c.request_id = q.request_id
left join path_types t on t.dataset_fingerprint = c.dataset_fingerprint
group by q.run_id, q.request_id, q.user_id
