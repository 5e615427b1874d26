-- One row a request in scope, in the order of its number.
-- uses: scope, numbered_requests
select run_id, request_id, user_id, request_no
from numbered_requests
order by request_no
