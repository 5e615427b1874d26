-- One row a request: distance of the recent history from the older one, by labels; null for a short history.
-- uses: scope, taste_distances
select q.run_id, q.request_id, q.user_id, d.older_to_recent as metric_value
from scope q
left join taste_distances d on d.run_id = q.run_id and d.request_id = q.request_id
