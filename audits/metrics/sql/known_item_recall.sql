-- One row a request: share of its targets seen before the window that are in the list; null without such a target.
-- uses: scope, novel_targets
select q.run_id, q.request_id, q.user_id, avg(t.is_hit) as metric_value
from scope q
left join novel_targets t on t.run_id = q.run_id and t.request_id = q.request_id and t.is_new = 0
group by q.run_id, q.request_id, q.user_id
