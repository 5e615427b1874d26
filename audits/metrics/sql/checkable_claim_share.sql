-- One row a request: claims that the dataset or the history decides, of its claims.
-- uses: request_claims
select run_id, request_id, user_id, n_supported + n_contradicted as part, n_claims as whole
from request_claims
