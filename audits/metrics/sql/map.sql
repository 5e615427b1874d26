-- One row a request: mean precision at the ranks of the hits, missed targets as 0; null without targets.
-- uses: accuracy_facts
select run_id, request_id, user_id, request_no, precision_sum / nullif(least(n_targets, list_k), 0) as metric_value
from accuracy_facts
