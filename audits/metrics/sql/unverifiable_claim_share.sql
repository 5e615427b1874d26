-- One row a request: claims that nothing known decides, of its claims.
-- uses: request_claims
select run_id, request_id, user_id, n_unverifiable as part, n_claims as whole
from request_claims
