-- One row a request: model calls; the whole is 1.
-- uses: call_facts
select run_id, request_id, user_id, n_calls as part, 1 as whole
from call_facts
