-- One row a request and interaction of its user, before the cutoff or held out, by numbers: what the views histories and
-- targets are made of, read once. An item that is not in the catalogue keeps its name.
-- uses: numbered_requests, dataset_numbers
-- kept
select q.run_no, q.request_no, i.item_no, case when i.item_no is null then i.item_id end as unlisted_id, i.rating,
    case when i.position >= q.n_history then 1 else 0 end as is_held_out
from numbered_requests q
join (
    select d.users_before + x.user_number as user_no, d.items_before + x.item_number as item_no, x.item_id, x.rating,
        x.position
    from interactions x
    join dataset_numbers d on d.dataset_fingerprint = x.dataset_fingerprint
) i on i.user_no = q.user_no
where i.position < q.n_known
