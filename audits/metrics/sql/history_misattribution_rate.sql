-- One row a request: items that its user never had, of those they are said to have had.
-- uses: request_claims
select run_id, request_id, user_id, n_misattributed as part, n_attributed as whole
from request_claims
