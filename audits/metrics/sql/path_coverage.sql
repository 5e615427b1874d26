-- One row a request: delivered items with a path, of all delivered items.
-- uses: scope, ranked, path_facts
select q.run_id, q.request_id, q.user_id, count(f.path_index) as part, count(d.item_rank) as whole
from scope q
left join ranked d on d.run_id = q.run_id and d.request_id = q.request_id
left join path_facts f on f.run_id = d.run_id and f.request_id = d.request_id and f.item_id = d.item_id
    and f.is_first = 1
group by q.run_id, q.request_id, q.user_id
