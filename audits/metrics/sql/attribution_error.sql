-- One row a request: mean standard error of each explained recommendation in units of its largest contribution, summed; how many.
-- uses: scope, attribution_facts
select q.run_id, q.request_id, q.user_id, coalesce(sum(f.mean_error / nullif(f.largest_size, 0)), 0.0) as part, count(nullif(f.largest_size, 0)) as whole
from scope q
left join attribution_facts f on f.run_id = q.run_id and f.request_id = q.request_id
group by q.run_id, q.request_id, q.user_id
