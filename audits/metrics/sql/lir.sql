-- One row a request: mean recency of the interactions that the first paths of its items start at, 1 being the last one.
-- uses: scope, path_starts, history_ends, weighted_moments
select q.run_id, q.request_id, q.user_id, avg(m.weighted_seconds / nullif(n.weighted_seconds, 0)) as metric_value
from scope q
left join path_starts p on p.run_id = q.run_id and p.request_id = q.request_id and p.is_first = 1
left join weighted_moments m on m.run_id = p.run_id and m.request_id = p.request_id and m.position = p.position
left join history_ends e on e.run_id = p.run_id and e.request_id = p.request_id
left join weighted_moments n on n.run_id = e.run_id and n.request_id = e.request_id and n.position = e.last_position
group by q.run_id, q.request_id, q.user_id
