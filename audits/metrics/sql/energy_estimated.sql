-- One row a run: joules of answering, estimated from processor seconds, per delivered item.
-- uses: answering
select run_id, cpu_seconds * $watts_per_core / nullif(n_metered, 0) * n_recorded / nullif(n_delivered, 0) as measured, n_delivered as n_units,
    cast(null as double) as standard_error
from answering
order by run_id
