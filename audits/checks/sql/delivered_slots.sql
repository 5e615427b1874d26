-- One row a delivered slot of a run: whose it is, and how much of the user's past was known.
select s.request_id, s.slot_rank, q.user_id, q.n_history, s.item_id
from slots s
join requests q on q.run_id = s.run_id and q.request_id = s.request_id
where s.run_id = $run_id and s.outcome = 'delivered' and s.item_id is not null and q.request_status = 'answered'
order by q.request_index, s.slot_rank
