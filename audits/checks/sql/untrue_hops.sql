-- One row a hop of a path that the graph does not hold, or that does not join the hop before.
-- uses: path_hops
select request_id, run_id, slot_rank, path_index, hop_index, head, relation, tail,
    case when is_true = 0 then 'no such triple' else 'does not join the hop before' end as problem
from path_hops
where is_true = 0 or is_joined = 0
order by run_id, request_id, slot_rank, path_index, hop_index
limit $n_rows
