-- One row a request: mean number of training interactions of the delivered items; null for an empty list.
-- uses: scope, ranked, popularity
select q.run_id, q.request_id, q.user_id,
    avg(p.n_interactions * 1.0) as metric_value
from scope q
left join ranked d on d.run_id = q.run_id and d.request_id = q.request_id
left join popularity p on p.run_id = d.run_id and p.item_id = d.item_id
group by q.run_id, q.request_id, q.user_id
