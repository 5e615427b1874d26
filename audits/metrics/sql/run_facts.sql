-- One row a run: what it is, and how much of it is recorded in scope.
-- uses: scope
select r.run_id, r.label, r.recommender, r.paradigm, r.dataset_name, r.dataset_fingerprint, r.model_name, r.k, r.seed,
    r.split_kind, r.split_n, cast(r.split_cutoff_at as varchar) as split_cutoff, r.candidate_protocol, r.n_repeats,
    r.n_planned, coalesce(s.n_requests, 0) as n_requests, coalesce(s.n_users, 0) as n_users,
    r.allows_repeat_consumption, coalesce(s.asked_constraints, '{}') as asked_constraints, r.run_status
from runs r
left join (
    select c.run_id, count(*) as n_requests, count(distinct c.user_id) as n_users,
        case when min(c.constraints_json) = max(c.constraints_json) then min(c.constraints_json) else 'varied' end
            as asked_constraints
    from scope c
    group by c.run_id
) s on s.run_id = r.run_id
where r.run_id in ($run_ids)
order by r.run_id
