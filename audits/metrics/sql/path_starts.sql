-- One row a judged path that starts at an item of the history: the position of the last interaction with that item.
-- uses: path_facts
select f.run_id, f.request_id, f.slot_rank, f.path_index, f.is_first, max(h.position) as position
from path_facts f
join entities e on e.dataset_fingerprint = f.dataset_fingerprint and e.entity_id = f.first_entity
join histories h on h.run_id = f.run_id and h.request_id = f.request_id and h.item_id = e.item_id
group by f.run_id, f.request_id, f.slot_rank, f.path_index, f.is_first
