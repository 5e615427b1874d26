-- One row a request: scores asked for to explain its recommendations, summed, and how many are explained.
-- uses: scope, attribution_facts
select q.run_id, q.request_id, q.user_id, coalesce(sum(f.n_asked), 0.0) as part, count(f.n_asked) as whole
from scope q
left join attribution_facts f on f.run_id = q.run_id and f.request_id = q.request_id
group by q.run_id, q.request_id, q.user_id
