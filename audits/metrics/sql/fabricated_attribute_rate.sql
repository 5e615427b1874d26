-- One row a request: contradicted claims about items, of the checkable ones.
-- uses: request_claims
select run_id, request_id, user_id, n_contradicted_facts as part, n_supported_facts + n_contradicted_facts as whole
from request_claims
