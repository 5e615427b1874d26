-- One row a request: discounted gain of the hits, over that of the best list possible; null without targets.
-- uses: accuracy_facts
select run_id, request_id, user_id, request_no, gain / nullif(ideal_gain, 0.0) as metric_value
from accuracy_facts
