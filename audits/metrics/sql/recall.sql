-- One row a request: share of its targets that are in the list; null without targets.
-- uses: scope, ranked, hits, target_counts
select q.run_id, q.request_id, q.user_id,
    case when t.n_targets > 0 then coalesce(h.n_hits, 0) * 1.0 / t.n_targets end as metric_value
from scope q
left join target_counts t on t.run_id = q.run_id and t.request_id = q.request_id
left join (
    select x.run_id, x.request_id, count(*) as n_hits
    from hits x
    group by x.run_id, x.request_id
) h on h.run_id = q.run_id and h.request_id = q.request_id
