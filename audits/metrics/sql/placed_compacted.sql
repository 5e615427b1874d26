-- One row a delivered item of an answered request, by numbers, at its compacted rank: items after a lost slot move up.
-- uses: scope, numbered_requests, run_items
-- kept
select d.run_no, d.request_no, d.item_no, d.item_rank, d.score
from (
    select q.run_no, q.request_no, q.list_k, i.item_no, s.score,
        row_number() over (partition by q.request_no order by s.slot_rank) as item_rank
    from numbered_requests q
    join recorded_slots s on s.run_id = q.run_id and s.request_id = q.request_id
    join run_items i on i.run_no = q.run_no and i.item_id = s.item_id
    where q.request_status = 'answered' and s.outcome = 'delivered'
) d
where d.item_rank <= d.list_k
