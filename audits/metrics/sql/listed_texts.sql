-- One row a delivered item: its list, its rank, and what its text is made of (creators and categories: see item_labels).
-- uses: scope, numbered_requests, run_items, placed
select q.run_id, q.request_id, q.user_id, d.item_rank, i.item_id, i.title, i.description
from placed d
join numbered_requests q on q.request_no = d.request_no
join run_items r on r.run_no = d.run_no and r.item_no = d.item_no
join items i on i.dataset_fingerprint = r.dataset_fingerprint and i.item_id = r.item_id
order by q.run_id, q.request_id, d.item_rank
