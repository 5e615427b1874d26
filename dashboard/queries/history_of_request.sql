-- One row an interaction of the request's user before the cutoff, newest first.
select h.item_id, i.title, i.domain, i.year, h.interacted_at, h.rating
from histories h
join runs r on r.run_id = h.run_id
left join items i on i.dataset_fingerprint = r.dataset_fingerprint and i.item_id = h.item_id
where h.run_id = ? and h.request_id = ?
order by h.position desc
