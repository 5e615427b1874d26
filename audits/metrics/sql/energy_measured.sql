-- One row a run: joules that the machine used while answering, per delivered item; null where they cannot be read.
-- uses: answering
select run_id, energy_joules / nullif(n_energy, 0) * n_recorded / nullif(n_delivered, 0) as measured, n_delivered as n_units,
    cast(null as double) as standard_error
from answering
order by run_id
