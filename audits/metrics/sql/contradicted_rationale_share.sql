-- One row a request: rationales with a contradicted claim, of its rationales.
-- uses: request_claims
select run_id, request_id, user_id, n_contradicted_rationales as part, n_rationales as whole
from request_claims
