-- One row a delivered item that is a target of its request: its rank, and its place among the request's hits.
-- uses: placed, target_rows
-- kept
select d.run_no, d.request_no, d.item_no, d.item_rank, d.score, t.rating,
    row_number() over (partition by d.request_no order by d.item_rank) as hit_place
from placed d
join target_rows t on t.request_no = d.request_no and t.item_no = d.item_no
