-- One row a request: share of the largest contribution of each explained recommendation, summed, and how many there are.
-- uses: scope, attribution_facts
select q.run_id, q.request_id, q.user_id, coalesce(sum(f.largest_size / nullif(f.whole_size, 0)), 0.0) as part, count(nullif(f.whole_size, 0)) as whole
from scope q
left join attribution_facts f on f.run_id = q.run_id and f.request_id = q.request_id
group by q.run_id, q.request_id, q.user_id
