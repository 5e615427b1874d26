-- One row a request: share of its targets that are in the list; null without targets.
-- uses: accuracy_facts
select run_id, request_id, user_id, request_no, n_hits / nullif(n_targets, 0) as metric_value
from accuracy_facts
