-- One row a request: given paths that lead from an item of the user's history to the item recommended, of all given.
-- uses: scope, path_facts, path_starts
select q.run_id, q.request_id, q.user_id,
    coalesce(sum(case when h.position is not null and e.item_id = f.item_id then 1 else 0 end), 0) as part,
    count(f.path_index) as whole
from scope q
left join path_facts f on f.run_id = q.run_id and f.request_id = q.request_id and f.origin = 'given'
left join path_starts h on h.run_id = f.run_id and h.request_id = f.request_id and h.slot_rank = f.slot_rank
    and h.path_index = f.path_index
left join (
    select dataset_fingerprint, entity_id, max(item_id) as item_id
    from entities
    group by dataset_fingerprint, entity_id
) e on e.dataset_fingerprint = f.dataset_fingerprint and e.entity_id = f.last_entity
group by q.run_id, q.request_id, q.user_id
