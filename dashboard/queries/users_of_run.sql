-- One row a user that a run answered or failed, in alphabetical order.
select distinct user_id
from requests
where run_id = ?
order by user_id
