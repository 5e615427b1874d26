-- One row a request: discounted gain of the hits, over that of the best list possible; null without targets.
-- uses: scope, ranked, hits, target_counts, discounts
select q.run_id, q.request_id, q.user_id, coalesce(h.gain, 0.0) / nullif(i.ideal_gain, 0.0) as metric_value
from scope q
left join target_counts t on t.run_id = q.run_id and t.request_id = q.request_id
left join discounts i on i.place = least(t.n_targets, q.list_k) and t.n_targets is not null
left join (
    select x.run_id, x.request_id, sum(1.0 / log2(1.0 + x.item_rank)) as gain
    from hits x
    group by x.run_id, x.request_id
) h on h.run_id = q.run_id and h.request_id = q.request_id
