-- One row a request and interaction of its user, before the cutoff or held out, by numbers: what the views histories and
-- targets are made of, read once. An item that is not in the catalogue keeps its name.
-- uses: numbered_requests, run_items
-- kept
select q.run_no, q.request_no, n.item_no, case when n.item_no is null then i.item_id end as unlisted_id, i.rating,
    case when i.position >= q.n_history then 1 else 0 end as is_held_out
from numbered_requests q
join interactions i on i.dataset_fingerprint = q.dataset_fingerprint and i.user_id = q.user_id
left join run_items n on n.run_no = q.run_no and n.item_id = i.item_id
where i.position < q.n_known
