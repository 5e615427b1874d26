-- One row a request: how much nearer the list is to the recent history than to the older one; null for a short history.
-- uses: scope, taste_distances
select q.run_id, q.request_id, q.user_id, d.older_to_list - d.recent_to_list as metric_value
from scope q
left join taste_distances d on d.run_id = q.run_id and d.request_id = q.request_id
