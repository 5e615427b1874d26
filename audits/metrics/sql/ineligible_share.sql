-- One row a request: items that break a stated constraint, of all that it named.
-- uses: request_outcomes
select run_id, request_id, user_id, request_no, n_ineligible as part, n_named as whole
from request_outcomes
