-- One row a request: delivered slots, of those asked for.
-- uses: request_outcomes
select run_id, request_id, user_id, request_no, n_delivered as part, n_requested as whole
from request_outcomes
