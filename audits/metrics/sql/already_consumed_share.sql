-- One row a request: items that the user has had, of all that it named.
-- uses: request_outcomes
select run_id, request_id, user_id, request_no, n_already_consumed as part, n_named as whole
from request_outcomes
