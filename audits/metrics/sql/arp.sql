-- One row a request: mean number of training interactions of the delivered items; null for an empty list.
-- uses: list_facts
select run_id, request_id, user_id, request_no, popularity_sum / nullif(n_judged, 0) as metric_value
from list_facts
