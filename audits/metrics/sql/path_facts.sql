-- One row a path of a delivered slot in scope: its ends, the entity before the last, its last relation, its place.
-- uses: scope, path_origin
select q.run_id, q.request_id, q.user_id, q.dataset_fingerprint, s.slot_rank, s.item_id, a.path_index, a.origin,
    b.n_hops, a.head as first_entity, z.head as shared_entity, z.relation as path_type, z.tail as last_entity,
    case when a.path_index = b.first_path then 1 else 0 end as is_first
from scope q
join slots s on s.run_id = q.run_id and s.request_id = q.request_id
join path_origin o on o.run_id = q.run_id
join (
    select run_id, request_id, slot_rank, path_index, origin, count(*) as n_hops, max(hop_index) as last_hop,
        min(path_index) over (partition by run_id, request_id, slot_rank, origin) as first_path
    from paths
    where run_id in ($run_ids)
    group by run_id, request_id, slot_rank, path_index, origin
) b on b.run_id = s.run_id and b.request_id = s.request_id and b.slot_rank = s.slot_rank and b.origin = o.origin
join paths a on a.run_id = b.run_id and a.request_id = b.request_id and a.slot_rank = b.slot_rank
    and a.path_index = b.path_index and a.origin = b.origin and a.hop_index = 0
join paths z on z.run_id = b.run_id and z.request_id = b.request_id and z.slot_rank = b.slot_rank
    and z.path_index = b.path_index and z.origin = b.origin and z.hop_index = b.last_hop
where q.request_status = 'answered' and s.outcome = 'delivered' and s.slot_rank <= q.list_k
