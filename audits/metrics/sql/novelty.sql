-- One row a request: mean self-information, in bits, of the delivered items that any training user has had.
-- uses: scope, ranked, popularity
select q.run_id, q.request_id, q.user_id,
    avg(case when p.n_users > 0 then log2(p.n_training_users * 1.0 / p.n_users) end) as metric_value
from scope q
left join ranked d on d.run_id = q.run_id and d.request_id = q.request_id
left join popularity p on p.run_id = d.run_id and p.item_id = d.item_id
group by q.run_id, q.request_id, q.user_id
