-- One row a request: slots whose text names no title, of those of answered requests.
-- uses: request_outcomes
select run_id, request_id, user_id, request_no, n_given - n_named as part, n_answered as whole
from request_outcomes
