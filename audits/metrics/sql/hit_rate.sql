-- One row a request: 1 where any target is in the list, else 0; null without targets.
-- uses: scope, ranked, hits, target_counts
select q.run_id, q.request_id, q.user_id,
    case when t.n_targets is null then null when h.request_id is null then 0.0 else 1.0 end as metric_value
from scope q
left join target_counts t on t.run_id = q.run_id and t.request_id = q.request_id
left join (select distinct x.run_id, x.request_id from hits x) h
    on h.run_id = q.run_id and h.request_id = q.request_id
