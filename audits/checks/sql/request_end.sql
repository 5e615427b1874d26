-- One row: one more than the last request of a run; 0 where it has none.
select coalesce(max(request_index) + 1, 0) as n_requests
from requests
where run_id = $run_id
