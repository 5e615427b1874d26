-- One row a target: whether its item was first seen by anyone in the request's window, and whether the list has it.
-- uses: request_moments, ranked
select m.run_id, m.request_id, t.item_id, case when i.first_seen_at >= m.window_start then 1 else 0 end as is_new,
    case when d.item_id is null then 0 else 1 end as is_hit
from request_moments m
join targets t on t.run_id = m.run_id and t.request_id = m.request_id
join (
    select dataset_fingerprint, item_id, min(interacted_at) as first_seen_at
    from interactions
    group by dataset_fingerprint, item_id
) i on i.dataset_fingerprint = m.dataset_fingerprint and i.item_id = t.item_id
left join (select distinct run_id, request_id, item_id from ranked) d
    on d.run_id = t.run_id and d.request_id = t.request_id and d.item_id = t.item_id
