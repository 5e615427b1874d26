-- One row a request: misspelled catalogue titles, of the items that are not in the catalogue.
-- uses: request_outcomes
select run_id, request_id, user_id, request_no, n_near_miss as part, n_out_of_catalogue as whole
from request_outcomes
