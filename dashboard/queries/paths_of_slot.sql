-- One row a hop of the paths of one recommendation: given ones where its run gives any, as the paths audit, else found.
select p.origin, p.path_index, p.hop_index, p.head, p.relation, p.tail,
    coalesce(hi.title, h.label, p.head) as head_name, coalesce(ti.title, t.label, p.tail) as tail_name,
    coalesce(h.kind, '') as head_kind, coalesce(t.kind, '') as tail_kind,
    exists (
        select 1 from triples f
        where f.dataset_fingerprint = r.dataset_fingerprint and f.head = p.head and f.relation = p.relation
            and f.tail = p.tail
    ) as is_forward,
    exists (
        select 1 from triples b
        where b.dataset_fingerprint = r.dataset_fingerprint and b.head = p.tail and b.relation = p.relation
            and b.tail = p.head
    ) as is_backward
from paths p
join runs r on r.run_id = p.run_id
left join entities h on h.dataset_fingerprint = r.dataset_fingerprint and h.entity_id = p.head
left join items hi on hi.dataset_fingerprint = r.dataset_fingerprint and hi.item_id = h.item_id
left join entities t on t.dataset_fingerprint = r.dataset_fingerprint and t.entity_id = p.tail
left join items ti on ti.dataset_fingerprint = r.dataset_fingerprint and ti.item_id = t.item_id
where p.run_id = $run_id and p.request_id = $request_id and p.slot_rank = $slot_rank
    and p.origin = (
        select case when sum(case when o.origin = 'given' then 1 else 0 end) > 0 then 'given' else 'found' end
        from paths o
        where o.run_id = $run_id
    )
order by p.path_index, p.hop_index
