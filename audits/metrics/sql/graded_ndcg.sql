-- One row a request: graded gain of the hits, over that of the best list possible; null without rated targets.
-- uses: graded_facts
select run_id, request_id, user_id, request_no, gain / nullif(ideal_gain, 0.0) as metric_value
from graded_facts
