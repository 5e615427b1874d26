-- One row a request: share of the history that each reason names, summed over those that name any item, and how many do.
-- uses: scope, attribution_facts
select q.run_id, q.request_id, q.user_id, coalesce(sum(case when f.n_named > 0 then f.n_named / nullif(cast(f.n_features as double), 0) end), 0.0) as part, count(nullif(f.n_named, 0)) as whole
from scope q
left join attribution_facts f on f.run_id = q.run_id and f.request_id = q.request_id
group by q.run_id, q.request_id, q.user_id
