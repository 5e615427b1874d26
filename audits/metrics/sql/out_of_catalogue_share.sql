-- One row a request: items that are not in the catalogue, of all that it named.
-- uses: request_outcomes
select run_id, request_id, user_id, request_no, n_out_of_catalogue as part, n_named as whole
from request_outcomes
