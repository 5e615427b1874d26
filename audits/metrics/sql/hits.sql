-- One row a delivered item that is a target of its request.
-- uses: ranked
select d.run_id, d.request_id, d.item_id, d.item_rank
from ranked d
join targets t on t.run_id = d.run_id and t.request_id = d.request_id and t.item_id = d.item_id
