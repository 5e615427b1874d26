-- One row a delivered item of an answered request, at its strict rank: a lost slot keeps its place.
-- uses: scope
select q.run_id, q.request_id, q.user_id, q.dataset_fingerprint, q.repeat_index, s.item_id, s.slot_rank as item_rank
from scope q
join recorded_slots s on s.run_id = q.run_id and s.request_id = q.request_id
where q.request_status = 'answered' and s.outcome = 'delivered' and s.slot_rank <= q.list_k
