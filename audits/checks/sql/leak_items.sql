-- One row a run, user and item: which items the user's lists hold.
-- uses: scope
select distinct q.run_id, q.user_id, s.item_id
from scope q
join slots s on s.run_id = q.run_id and s.request_id = q.request_id
where s.outcome = 'delivered' and s.slot_rank <= q.list_k
order by q.run_id, q.user_id, s.item_id
