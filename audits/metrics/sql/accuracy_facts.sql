-- One row a request: its held-out items, which of them are in the list, and where; counts are null without any.
-- uses: scope, numbered_requests, placed, target_rows, hit_rows, discounts
-- kept
select q.run_id, q.request_id, q.user_id, q.request_no, q.list_k, t.n_targets, i.ideal_gain,
    case when t.n_targets > 0 then coalesce(h.n_hits, 0) end as n_hits,
    case when t.n_targets > 0 then coalesce(h.gain, 0.0) end as gain,
    case when t.n_targets > 0 then coalesce(1 / nullif(h.first_rank, 0), 0.0) end as reciprocal_rank,
    case when t.n_targets > 0 then coalesce(h.precision_sum, 0.0) end as precision_sum
from numbered_requests q
left join (
    select x.request_no, count(*) as n_targets from target_rows x group by x.request_no
) t on t.request_no = q.request_no
left join discounts i on i.place = least(t.n_targets, q.list_k) and t.n_targets is not null
left join (
    select y.request_no, count(*) as n_hits, sum(1.0 / log2(1.0 + y.item_rank)) as gain, min(y.item_rank) as first_rank,
        sum(y.hit_place / nullif(y.item_rank, 0)) as precision_sum
    from hit_rows y
    group by y.request_no
) h on h.request_no = q.request_no
