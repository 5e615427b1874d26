-- One row an answered request that was timed: its latency, its wait, and its place by each, the quickest first.
-- uses: scope
select x.run_id, x.request_id, x.latency_ms, x.wait_ms, count(*) over (partition by x.run_id) as n_timed,
    row_number() over (partition by x.run_id order by x.latency_ms, x.request_id) as latency_place,
    row_number() over (partition by x.run_id order by x.wait_ms, x.request_id) as wait_place
from (
    select q.run_id, q.request_id, r.latency_ms, r.latency_ms * coalesce(r.batch_size, 1) as wait_ms
    from scope q
    join requests r on r.run_id = q.run_id and r.request_id = q.request_id
    where q.request_status = 'answered' and r.latency_ms is not null
) x
