-- One row a request: claims judged by a language model, of its claims.
-- uses: request_claims
select run_id, request_id, user_id, n_judged as part, n_claims as whole
from request_claims
