-- One row a run: processor milliseconds of answering, per delivered item.
-- uses: answering
select run_id, cpu_seconds * 1000.0 / nullif(n_metered, 0) * n_recorded / nullif(n_delivered, 0) as measured, n_delivered as n_units,
    cast(null as double) as standard_error
from answering
order by run_id
