-- One row a hop of the first path of some items: untrue paths first, then in the order of the requests.
-- uses: path_facts, path_hops, path_truth
select h.run_id, h.request_id, h.slot_rank, h.item_id, h.hop_index, h.head, h.relation, h.tail, h.is_true, h.is_inverse,
    h.is_joined
from path_hops h
join (
    select t.run_id, t.request_id, t.slot_rank, t.path_index,
        row_number() over (
            partition by t.run_id order by t.is_true, t.slot_rank, t.request_id, t.path_index
        ) as place
    from path_truth t
    join path_facts f on f.run_id = t.run_id and f.request_id = t.request_id and f.slot_rank = t.slot_rank
        and f.path_index = t.path_index
    where f.is_first = 1
) c on c.run_id = h.run_id and c.request_id = h.request_id and c.slot_rank = h.slot_rank
    and c.path_index = h.path_index
where c.place <= $n_rows
order by h.run_id, c.place, h.hop_index
