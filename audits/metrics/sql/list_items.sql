-- One row a delivered item, by numbers.
-- uses: placed
select request_no, item_no, item_rank
from placed
