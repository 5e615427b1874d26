-- One row a request: share of the delivered items that have no training interaction; null for an empty list.
-- uses: scope, ranked, popularity
select q.run_id, q.request_id, q.user_id,
    avg(case when p.n_users = 0 then 1.0 when p.n_users > 0 then 0.0 end) as metric_value
from scope q
left join ranked d on d.run_id = q.run_id and d.request_id = q.request_id
left join popularity p on p.run_id = d.run_id and p.item_id = d.item_id
group by q.run_id, q.request_id, q.user_id
