-- One row a request in scope: the chosen runs, one variant of the request, and how much of its list is looked at.
-- kept
select q.run_id, q.request_id, q.request_index, q.user_id, q.user_number, r.dataset_fingerprint, q.request_status,
    q.repeat_index, q.k as requested_k, least(q.k, cast($k as integer)) as list_k, q.n_history,
    q.n_history + q.n_holdout as n_known, q.constraints_json
from requests q
join runs r on r.run_id = q.run_id
where q.run_id in ($run_ids) and q.variant = $variant
