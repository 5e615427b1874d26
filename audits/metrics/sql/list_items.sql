-- One row a delivered item, by numbers.
-- uses: scope, numbered_requests, run_items, placed
select request_no, item_no, item_rank
from placed
