-- One row a request: 1 / rank of the first target in the list, 0 where there is none; null without targets.
-- uses: accuracy_facts
select run_id, request_id, user_id, request_no, reciprocal_rank as metric_value
from accuracy_facts
