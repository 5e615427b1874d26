-- One row: whose request this is, and of which run.
select run_id, user_id
from requests
where request_id = ?
limit 1
