-- One row an item that the user of a request had before the cutoff, for some requests of a run that say anything.
select h.request_id, h.item_id, max(h.rating) as rating
from histories h
join requests q on q.run_id = h.run_id and q.request_id = h.request_id
where h.run_id = $run_id and q.request_index between $first and $last
    and (
        exists (select 1 from rationales x where x.run_id = h.run_id and x.request_id = h.request_id)
        or exists (select 1 from steps s where s.run_id = h.run_id and s.request_id = h.request_id)
    )
group by h.request_id, h.item_id
