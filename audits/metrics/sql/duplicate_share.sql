-- One row a request: items named before in the same list, of all that it named.
-- uses: request_outcomes
select run_id, request_id, user_id, request_no, n_duplicate as part, n_named as whole
from request_outcomes
