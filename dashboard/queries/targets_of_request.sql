-- One row a held-out item of the request's user: what the user really did next.
select t.item_id, i.title, i.domain, i.year, t.interacted_at, t.rating
from targets t
join runs r on r.run_id = t.run_id
left join items i on i.dataset_fingerprint = r.dataset_fingerprint and i.item_id = t.item_id
where t.run_id = ? and t.request_id = ?
order by t.interacted_at, t.item_id
