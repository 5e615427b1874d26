-- One row a run and user, and whether the user was first seen in the window: mean of the metric over scored requests.
-- uses: metric_rows, request_moments
select m.run_id,
    case when u.first_seen_at >= m.window_start then 'first seen in the window' else 'known before' end as novelty,
    m.user_id, avg(x.metric_value) as user_value
from request_moments m
join metric_rows x on x.run_id = m.run_id and x.request_id = m.request_id
join (
    select dataset_fingerprint, user_id, min(interacted_at) as first_seen_at
    from interactions
    group by dataset_fingerprint, user_id
) u on u.dataset_fingerprint = m.dataset_fingerprint and u.user_id = m.user_id
group by m.run_id, case when u.first_seen_at >= m.window_start then 'first seen in the window' else 'known before' end,
    m.user_id
