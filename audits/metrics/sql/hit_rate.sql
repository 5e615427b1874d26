-- One row a request: 1 where any target is in the list, else 0; null without targets.
-- uses: accuracy_facts
select run_id, request_id, user_id, request_no,
    case when n_hits > 0 then 1.0 when n_hits = 0 then 0.0 end as metric_value
from accuracy_facts
