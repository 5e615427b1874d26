-- One row a request: share of the places asked for that hold a target; null without targets.
-- uses: accuracy_facts
select run_id, request_id, user_id, request_no, n_hits / nullif(list_k, 0) as metric_value
from accuracy_facts
