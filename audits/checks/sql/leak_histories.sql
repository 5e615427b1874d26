-- One row a run, user and item: which items the user had before the cutoff, of users with a delivered item.
-- uses: scope
select distinct q.run_id, q.user_id, h.item_id
from scope q
join histories h on h.run_id = q.run_id and h.request_id = q.request_id
where exists (
    select 1
    from slots s
    where s.run_id = q.run_id and s.request_id = q.request_id and s.outcome = 'delivered' and s.slot_rank <= q.list_k
)
order by q.run_id, q.user_id, h.item_id
