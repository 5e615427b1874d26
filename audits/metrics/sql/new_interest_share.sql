-- One row a request: share of its user's recent new interests that are in the list; null without such an interest.
-- uses: scope, interests
select q.run_id, q.request_id, q.user_id, avg(i.is_listed) as metric_value
from scope q
left join interests i on i.run_id = q.run_id and i.request_id = q.request_id and i.age <= $n_recent
group by q.run_id, q.request_id, q.user_id
