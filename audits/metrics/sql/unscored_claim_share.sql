-- One row a request: claims that a judge gave no answer about, of its claims.
-- uses: request_claims
select run_id, request_id, user_id, n_unscored as part, n_claims as whole
from request_claims
