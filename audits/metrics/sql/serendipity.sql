-- One row a request: mean over the places asked for of (popularity place - rank) / catalogue items, hits only and not below 0.
-- uses: scope, numbered_requests, run_items, placed, target_rows, hit_rows, popularity, accuracy_facts
select a.run_id, a.request_id, a.user_id, a.request_no,
    case when a.n_targets > 0 then coalesce(h.surprise, 0.0) / nullif(a.list_k, 0) end as metric_value
from accuracy_facts a
left join (
    select h.request_no,
        sum(case when p.place > h.item_rank then (p.place - h.item_rank) / nullif(p.n_items, 0) else 0.0 end)
            as surprise
    from hit_rows h
    join popularity p on p.run_no = h.run_no and p.item_no = h.item_no
    group by h.request_no
) h on h.request_no = a.request_no
