-- One row a request and item that its user had before the cutoff, by numbers: how often.
-- uses: scope, numbered_requests, run_items
-- kept
select q.run_no, q.request_no, i.item_no, count(*) as n_times
from histories h
join numbered_requests q on q.run_id = h.run_id and q.request_id = h.request_id
join run_items i on i.run_no = q.run_no and i.item_id = h.item_id
where h.run_id in ($run_ids)
group by q.run_no, q.request_no, i.item_no
