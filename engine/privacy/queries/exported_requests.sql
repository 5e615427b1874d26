-- One row a request of a run, in its order.
select request_id
from requests
where run_id = $run_id
order by request_index
