-- One row a request: its run, and the number of its user's combination of attribute values.
-- uses: request_groups
select run_no, request_no, group_no
from request_groups
