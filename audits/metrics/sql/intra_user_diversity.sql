-- One row a request: mean Jaccard distance of its list to the other lists of the same user; null where there is none.
-- uses: scope, numbered_requests, placed, list_pairs
select q.run_id, q.request_id, q.user_id, avg(p.distance) as metric_value
from numbered_requests q
left join list_pairs p on p.request_no = q.request_no
group by q.run_id, q.request_id, q.user_id
