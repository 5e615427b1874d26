-- One row a batch of a run's answered requests: its latency, its wait, and its requests that are in scope.
-- Requests of a batch follow each other in the plan and share latency and size, so that two batches that took equally
-- long are told apart by counting; where no size is recorded, a request is a batch.
-- uses: latency_places
select p.run_id, p.latency_ms, p.wait_ms, b.batch_no, count(*) as n_requests
from latency_places p
join (
    select x.run_id, x.request_id, x.batch_size,
        floor((x.place - 1) / nullif(x.batch_size, 0)) as batch_no
    from (
        select r.run_id, r.request_id, coalesce(r.batch_size, 1) as batch_size,
            row_number() over (
                partition by r.run_id, r.latency_ms, coalesce(r.batch_size, 1) order by r.request_index, r.request_id
            ) as place
        from requests r
        where r.run_id in ($run_ids) and r.latency_ms is not null
    ) x
) b on b.run_id = p.run_id and b.request_id = p.request_id
group by p.run_id, p.latency_ms, p.wait_ms, b.batch_size, b.batch_no
order by p.run_id, p.latency_ms, p.wait_ms, b.batch_no
