-- One row a run: what it is, how far it is, and what share of its slots was delivered; newest first.
select r.run_id, r.plan_digest, r.label, r.recommender, r.paradigm, r.dataset_name, r.dataset_fingerprint, r.model_name,
    r.device, r.k, r.seed, r.split_kind, r.split_n, r.split_cutoff_at, r.candidate_protocol, r.n_repeats, r.n_variants,
    r.n_planned, r.run_status, r.planned_at, r.finished_at, r.fit_seconds, r.base_run_id, j.n_records, j.head_hash, j.problem,
    coalesce(q.n_users, 0) as n_users, coalesce(q.n_answered, 0) as n_answered, coalesce(q.n_errors, 0) as n_errors,
    coalesce(s.n_slots, 0) as n_slots, coalesce(s.n_delivered, 0) as n_delivered
from runs r
join journals j on j.run_id = r.run_id
left join (
    select run_id, count(distinct user_id) as n_users, count(*) as n_answered,
        sum(case when request_status = 'error' then 1 else 0 end) as n_errors
    from requests
    group by run_id
) q on q.run_id = r.run_id
left join (
    select run_id, count(*) as n_slots, sum(case when outcome = 'delivered' then 1 else 0 end) as n_delivered
    from slots
    group by run_id
) s on s.run_id = r.run_id
order by r.planned_at desc, r.run_id
