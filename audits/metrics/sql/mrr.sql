-- One row a request: 1 / rank of the first target in the list, 0 where there is none; null without targets.
-- uses: scope, ranked, hits, target_counts
select q.run_id, q.request_id, q.user_id,
    case when t.n_targets > 0 then coalesce(1.0 / nullif(h.first_rank, 0), 0.0) end as metric_value
from scope q
left join target_counts t on t.run_id = q.run_id and t.request_id = q.request_id
left join (
    select x.run_id, x.request_id, min(x.item_rank) as first_rank
    from hits x
    group by x.run_id, x.request_id
) h on h.run_id = q.run_id and h.request_id = q.request_id
