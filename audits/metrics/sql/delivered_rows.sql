-- One row a delivered slot of an answered request, by numbers, at its strict rank.
-- uses: numbered_requests, numbered_slots
-- kept
select q.run_no, q.request_no, s.item_no, s.slot_rank as item_rank, s.score
from numbered_slots s
join numbered_requests q on q.request_no = s.request_no
where q.request_status = 'answered' and s.outcome = 'delivered' and s.slot_rank <= q.requested_k
