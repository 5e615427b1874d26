-- One row a request: explained recommendations whose reason names the item that contributes most, of those naming any item.
-- uses: scope, attribution_facts
select q.run_id, q.request_id, q.user_id, coalesce(sum(case when f.n_named > 0 then f.names_top end), 0.0) as part, count(nullif(f.n_named, 0)) as whole
from scope q
left join attribution_facts f on f.run_id = q.run_id and f.request_id = q.request_id
group by q.run_id, q.request_id, q.user_id
