-- One row a request: 1 where it failed, else 0; the whole is 1.
-- uses: request_outcomes
select run_id, request_id, user_id, request_no, case when n_answered = 0 then 1 else 0 end as part, 1 as whole
from request_outcomes
