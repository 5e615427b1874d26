-- One row a request: slots left empty, of those of answered requests.
-- uses: request_outcomes
select run_id, request_id, user_id, request_no, n_answered - n_given as part, n_answered as whole
from request_outcomes
