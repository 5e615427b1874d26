-- One row a run: the median wait of its answered requests, in milliseconds.
-- uses: latency_places
select run_id, min(case when wait_place >= 0.5 * n_timed then wait_ms end) as measured,
    count(*) as n_units, cast(null as double) as standard_error
from latency_places
group by run_id
order by run_id
