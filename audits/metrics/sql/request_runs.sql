-- One row a request in scope, in the order of its number: its run.
-- uses: numbered_requests
select request_no, run_no
from numbered_requests
order by request_no
