-- One row a request: 1 where an answered list names any item that is not in the catalogue.
-- uses: request_outcomes
select run_id, request_id, user_id, request_no, case when n_out_of_catalogue > 0 then 1 else 0 end as part,
    case when n_answered > 0 then 1 else 0 end as whole
from request_outcomes
