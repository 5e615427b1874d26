-- One row a batch of a run's answered requests (those with one latency and one wait): both, and its requests.
-- uses: latency_places
select run_id, latency_ms, wait_ms, count(*) as n_requests
from latency_places
group by run_id, latency_ms, wait_ms
order by run_id, latency_ms, wait_ms
