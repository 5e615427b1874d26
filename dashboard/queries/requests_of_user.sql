-- One row a request that a run made for a user: the neutral variant first, then by repeat.
select run_id, request_id, variant, variant_statement, repeat_index, k, request_status, error, latency_ms, n_history,
    n_holdout, cutoff_at
from requests
where run_id = ? and user_id = ?
order by case when variant = 'neutral' then 0 else 1 end, variant, repeat_index
