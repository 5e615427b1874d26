-- One row a request in scope: the chosen runs, one variant, the users of the cohort, and users common to certain runs.
-- kept
select q.run_id, q.request_id, q.request_index, q.user_id, q.user_number, r.dataset_fingerprint, q.request_status,
    q.repeat_index, q.k as requested_k, least(q.k, cast($k as integer)) as list_k, q.n_history,
    q.n_history + q.n_holdout as n_known, q.constraints_json
from requests q
join runs r on r.run_id = q.run_id
left join (
    select u.dataset_fingerprint, u.user_id, count(distinct w.attribute) as n_matched
    from users u
    cross join (
        select distinct attribute from user_attributes where attribute in ($cohort_attributes)
    ) w
    left join user_attributes a on a.dataset_fingerprint = u.dataset_fingerprint and a.user_id = u.user_id
        and a.attribute = w.attribute
    where concat(w.attribute, '=', coalesce(nullif(trim(a.attribute_value), ''), 'unknown')) in ($cohort_pairs)
    group by u.dataset_fingerprint, u.user_id
) c on c.dataset_fingerprint = r.dataset_fingerprint and c.user_id = q.user_id
left join (
    select p.user_id, count(distinct p.run_id) as n_runs
    from requests p
    where p.run_id in ($common_run_ids) and p.variant = $variant
    group by p.user_id
) s on s.user_id = q.user_id
where q.run_id in ($run_ids) and q.variant = $variant and coalesce(c.n_matched, 0) = $n_cohort_attributes
    and ($n_common_runs = 0 or s.n_runs = $n_common_runs)
