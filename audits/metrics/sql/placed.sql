-- One row a delivered item of an answered request, by numbers, at its strict rank: a lost slot keeps its place.
-- uses: delivered_rows
select run_no, request_no, item_no, item_rank, score
from delivered_rows
where item_no is not null and item_rank <= coalesce(cast($k as integer), item_rank)
