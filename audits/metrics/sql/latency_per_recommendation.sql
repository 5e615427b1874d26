-- One row a request that was timed: its milliseconds, and delivered items.
-- uses: request_outcomes
select o.run_id, o.request_id, o.user_id, o.request_no, r.latency_ms as part, o.n_delivered as whole
from request_outcomes o
join requests r on r.run_id = o.run_id and r.request_id = o.request_id
where r.latency_ms is not null
