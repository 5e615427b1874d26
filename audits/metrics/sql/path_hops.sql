-- One row a hop of a judged path: whether the graph holds its triple, either way round, and whether it joins the hop before.
-- uses: path_facts
select f.run_id, f.request_id, f.user_id, f.slot_rank, f.item_id, f.path_index, f.origin, p.hop_index, p.head, p.relation, p.tail,
    case when t.head is null and u.head is null then 0 else 1 end as is_true,
    case when t.head is null and u.head is not null then 1 else 0 end as is_inverse,
    case when p.hop_index = 0 or b.tail = p.head then 1 else 0 end as is_joined
from path_facts f
join paths p on p.run_id = f.run_id and p.request_id = f.request_id and p.slot_rank = f.slot_rank
    and p.path_index = f.path_index and p.origin = f.origin
left join paths b on b.run_id = p.run_id and b.request_id = p.request_id and b.slot_rank = p.slot_rank
    and b.path_index = p.path_index and b.origin = p.origin and b.hop_index = p.hop_index - 1
left join (select distinct dataset_fingerprint, head, relation, tail from triples) t
    on t.dataset_fingerprint = f.dataset_fingerprint and t.head = p.head and t.relation = p.relation and t.tail = p.tail
left join (select distinct dataset_fingerprint, head, relation, tail from triples) u
    on u.dataset_fingerprint = f.dataset_fingerprint and u.head = p.tail and u.relation = p.relation and u.tail = p.head
