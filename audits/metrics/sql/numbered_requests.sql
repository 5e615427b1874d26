-- One row a request in scope, numbered in the order of the plan, and its user: numbers join far faster than names. Requests
-- that are not in scope leave gaps; a user whom the dataset does not have has no number.
-- uses: scope, run_numbers, dataset_numbers
-- kept
select q.run_id, q.request_id, q.user_id, q.request_status, q.repeat_index, q.requested_k, q.list_k, q.n_history, q.n_known,
    r.run_no, cast(r.requests_before + q.request_index + 1 as integer) as request_no,
    d.users_before + q.user_number as user_no
from scope q
join run_numbers r on r.run_id = q.run_id
join dataset_numbers d on d.dataset_fingerprint = r.dataset_fingerprint
