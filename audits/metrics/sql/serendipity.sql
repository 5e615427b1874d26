-- One row a request: mean over the places asked for of (popularity place - rank) / catalogue items, hits only and not below 0.
-- uses: scope, numbered_requests, run_items, placed, target_rows, hit_rows, popularity, accuracy_facts
select a.run_id, a.request_id, a.user_id,
    case when a.n_targets > 0 then coalesce(h.surprise, 0.0) / nullif(a.list_k, 0) end as metric_value
from accuracy_facts a
left join (
    select q.run_id, q.request_id,
        sum(case when p.place > h.item_rank then (p.place - h.item_rank) * 1.0 / nullif(p.n_items, 0) else 0.0 end)
            as surprise
    from hit_rows h
    join popularity p on p.run_no = h.run_no and p.item_no = h.item_no
    join numbered_requests q on q.request_no = h.request_no
    group by q.run_id, q.request_id
) h on h.run_id = a.run_id and h.request_id = a.request_id
