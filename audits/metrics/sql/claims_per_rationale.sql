-- One row a request: claims read in its rationales, of its rationales.
-- uses: request_claims
select run_id, request_id, user_id, n_rationale_claims as part, n_rationales as whole
from request_claims
