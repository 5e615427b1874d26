-- One row a request: chance that two first paths of its items, drawn with replacement, are of one type.
-- uses: scope, path_type_counts
select q.run_id, q.request_id, q.user_id,
    sum(c.n_items * c.n_items / nullif(c.n_paths * c.n_paths, 0)) as metric_value
from scope q
left join path_type_counts c on c.run_id = q.run_id and c.request_id = q.request_id
group by q.run_id, q.request_id, q.user_id
