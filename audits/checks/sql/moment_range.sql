-- One row a run: first and last moment of its requests, how many requests, and how many moments.
-- uses: scope
select q.run_id, cast(min(coalesce(t.first_met_at, r.cutoff_at)) as varchar) as first_moment,
    cast(max(coalesce(t.first_met_at, r.cutoff_at)) as varchar) as last_moment, count(*) as n_requests
from scope q
join requests r on r.run_id = q.run_id and r.request_id = q.request_id
left join (
    select run_id, request_id, min(interacted_at) as first_met_at
    from targets
    where run_id in ($run_ids)
    group by run_id, request_id
) t on t.run_id = q.run_id and t.request_id = q.request_id
group by q.run_id
order by q.run_id
