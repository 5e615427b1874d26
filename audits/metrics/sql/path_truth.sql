-- One row a judged path: 1 where every hop is a triple of the graph that joins the hop before, else 0.
-- uses: path_hops
select run_id, request_id, slot_rank, path_index, origin, min(is_true * is_joined) as is_true
from path_hops
group by run_id, request_id, slot_rank, path_index, origin
