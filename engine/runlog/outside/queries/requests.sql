-- One row a list of a range as a request: what was known of its user when it was made.
select l.request_index, u.key as user_id, 'neutral' as variant, '' as variant_statement,
    cast(row_number() over (partition by l.user_code order by l.request_index) - 1 as integer) as repeat_index,
    cast($k as integer) as k, u.n_history, u.n_holdout, make_timestamp(u.cutoff * 1000000) as cutoff_at,
    cast(null as varchar) as candidates_json, $constraints as constraints_json, l.prompt, l.latency_ms,
    'answered' as request_status, cast(null as varchar) as error, cast(0 as bigint) as seed,
    coalesce(make_timestamp(l.recorded_us), cast($now as timestamp)) as recorded_at
from lists l
join users u on u.user_code = l.user_code
qualify l.request_index >= $first and l.request_index < $last
order by l.request_index
