-- One row a request: supported claims, of its claims.
-- uses: request_claims
select run_id, request_id, user_id, n_supported as part, n_claims as whole
from request_claims
