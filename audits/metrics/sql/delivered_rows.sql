-- One row a delivered slot of an answered request, by numbers, at its strict rank.
-- uses: numbered_requests, run_items
-- kept
select q.run_no, q.request_no, i.item_no, s.slot_rank as item_rank, s.score
from numbered_requests q
join recorded_slots s on s.run_id = q.run_id and s.request_id = q.request_id
left join run_items i on i.run_no = q.run_no and i.item_id = s.item_id
where q.request_status = 'answered' and s.outcome = 'delivered' and s.slot_rank <= q.requested_k
