-- One row a request: contradicted claims, of its claims.
-- uses: request_claims
select run_id, request_id, user_id, n_contradicted as part, n_claims as whole
from request_claims
