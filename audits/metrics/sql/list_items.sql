-- One row a delivered item, by numbers, list by list.
-- uses: scope, numbered_requests, run_items, placed
select request_no, item_no
from placed
order by request_no, item_rank
