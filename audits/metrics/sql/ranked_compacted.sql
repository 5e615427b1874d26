-- One row a delivered item of an answered request, at its compacted rank: items after a lost slot move up.
-- uses: scope
select d.run_id, d.request_id, d.user_id, d.dataset_fingerprint, d.repeat_index, d.item_id, d.item_rank
from (
    select q.run_id, q.request_id, q.user_id, q.dataset_fingerprint, q.repeat_index, q.list_k, s.item_id,
        row_number() over (partition by q.run_id, q.request_id order by s.slot_rank) as item_rank
    from scope q
    join recorded_slots s on s.run_id = q.run_id and s.request_id = q.request_id
    where q.request_status = 'answered' and s.outcome = 'delivered'
) d
where d.item_rank <= d.list_k
