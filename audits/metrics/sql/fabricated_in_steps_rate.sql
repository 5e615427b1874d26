-- One row a request: contradicted claims about items in its steps, of the checkable ones there.
-- uses: request_claims
select run_id, request_id, user_id, n_contradicted_step_facts as part, n_checkable_step_facts as whole
from request_claims
