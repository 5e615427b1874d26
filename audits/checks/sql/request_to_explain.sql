-- One row: the request of that id, else the first one of that user; the neutral variant and the first repeat come first.
select q.request_id, q.request_index, q.user_id, q.error, coalesce(nullif(r.label, ''), r.recommender) as run_label,
    r.recommender, j.head_hash, r.dataset_fingerprint
from requests q
join runs r on r.run_id = q.run_id
join journals j on j.run_id = q.run_id
where q.run_id = $run_id and (q.request_id = $wanted or q.user_id = $wanted)
order by case when q.request_id = $wanted then 0 else 1 end, case when q.variant = 'neutral' then 0 else 1 end,
    q.repeat_index, q.request_index
limit 1
