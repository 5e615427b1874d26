-- One row a request: number of delivered items that are in the long tail; null for an empty list.
-- uses: list_facts
select run_id, request_id, user_id, request_no, n_tail * 1.0 as metric_value
from list_facts
