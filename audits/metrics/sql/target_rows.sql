-- One row a held-out item of a request, by numbers, with its rating.
-- uses: scope, numbered_requests, run_items
-- kept
select q.run_no, q.request_no, i.item_no, t.rating
from targets t
join numbered_requests q on q.run_id = t.run_id and q.request_id = t.request_id
left join run_items i on i.run_no = q.run_no and i.item_id = t.item_id
where t.run_id in ($run_ids)
