-- One row an entity on a judged path: its name, its kind, and its title where it is an item.
-- uses: path_hops, scope
select distinct n.entity_id, e.label, e.kind, i.title
from (
    select h.run_id, h.request_id, h.head as entity_id from path_hops h
    union
    select h.run_id, h.request_id, h.tail as entity_id from path_hops h
) n
join scope q on q.run_id = n.run_id and q.request_id = n.request_id
left join entities e on e.dataset_fingerprint = q.dataset_fingerprint and e.entity_id = n.entity_id
left join items i on i.dataset_fingerprint = q.dataset_fingerprint and i.item_id = e.item_id
order by n.entity_id
