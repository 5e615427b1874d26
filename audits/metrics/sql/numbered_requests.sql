-- One row a request in scope, numbered in the order of the plan: numbers join far faster than names.
-- uses: scope, run_numbers
-- kept
select q.run_id, q.request_id, q.user_id, q.dataset_fingerprint, q.request_status, q.repeat_index, q.requested_k, q.list_k,
    q.n_history, q.n_known, r.run_no,
    cast(row_number() over (order by r.run_no, q.request_index) as integer) as request_no
from scope q
join run_numbers r on r.run_id = q.run_id
